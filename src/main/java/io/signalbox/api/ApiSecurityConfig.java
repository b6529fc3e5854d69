package io.signalbox.api;

import io.signalbox.Home;
import io.signalbox.OpenPath;
import io.signalbox.StartupFact;
import io.signalbox.wire.Wire;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Everything needs an identity, on both ports, but what is listed as open. No sessions and no cookies, hence no
 * cross-site request that could use one.
 */
@Configuration(proxyBeanMethods = false)
class ApiSecurityConfig {

    private static final List<OpenPath> OPEN = List.of(
            new OpenPath(HttpMethod.POST, "/push", "the signature of the SET says who sent it"),
            new OpenPath(HttpMethod.POST, "/push/**", "the signature of the SET says who sent it"),
            new OpenPath(HttpMethod.POST, "/logout/*", "the signature of the logout token says who sent it"),
            new OpenPath(null, "/approval/*", "the signature of the link says that we made it"),
            new OpenPath(null, "/webhook/*", "each source shows who it is, in the way that was agreed upon with it"),
            new OpenPath(null, "/actuator/health/**", "load balancers ask, and learn no more than up or down"),
            new OpenPath(HttpMethod.GET, "/actuator/info", "name and version"),
            new OpenPath(HttpMethod.GET, "/actuator/prometheus", "scrapers ask; numbers only, no names"),
            new OpenPath(null, "/error", "how the web server words an answer that was already decided"));

    /** Where what is sent decides what becomes of actions. */
    private static final List<String> OF_OPERATORS = List.of(
            "/api/actions/**",
            "/api/approvals/**",
            "/api/emit",
            "/api/stop/**",
            "/api/undo",
            "/api/signals/**",
            "/api/unmatched/**");

    @Bean
    AdminToken adminToken(AdminProperties properties, Environment environment, Home home) {
        return AdminToken.find(properties, environment, home);
    }

    @Bean
    @Order(5)
    StartupFact adminTokenFact(AdminToken token) {
        return StartupFact.of("token", () -> "the operator's, as \"Authorization: Bearer\": " + token.source());
    }

    /**
     * Nobody's identity is looked for where none is needed: what would be asked of every pushed SET costs more than its
     * signature, and has nothing to decide. What stays are the headers that tell browsers to be careful.
     */
    @Bean
    @Order(1)
    SecurityFilterChain open(HttpSecurity http, ObjectProvider<OpenPath> contributed) throws Exception {
        return http.securityMatcher(new OrRequestMatcher(Stream.concat(OPEN.stream(), contributed.orderedStream())
                        .map(path -> PathPatternRequestMatcher.withDefaults().matcher(path.method(), path.pattern()))
                        .toArray(RequestMatcher[]::new)))
                .anonymous(AbstractHttpConfigurer::disable)
                .securityContext(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .exceptionHandling(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    /** Requests are observed as a whole; each filter of its own, for each of them, is nothing that anybody reads. */
    @Bean
    SecurityObservationSettings observeNoFilters() {
        return SecurityObservationSettings.noObservations();
    }

    /**
     * With it in place, Spring Security looks up the handler of each request twice before the request gets there, for
     * the sake of matchers that ask Spring MVC. Ours ask for the path.
     */
    @Bean
    static BeanDefinitionRegistryPostProcessor handlersAreLookedUpOnce() {
        return new HandlersAreLookedUpOnce();
    }

    private static final class HandlersAreLookedUpOnce implements BeanDefinitionRegistryPostProcessor, PriorityOrdered {

        private static final String INTROSPECTOR = "mvcHandlerMappingIntrospector";

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }

        @Override
        public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry beans) {
            if (beans.containsBeanDefinition(INTROSPECTOR)) {
                beans.removeBeanDefinition(INTROSPECTOR);
            }
        }
    }

    @Bean
    @Order(2)
    SecurityFilterChain closedUnlessListed(
            HttpSecurity http, AdminToken operator, AdminProperties properties, Environment environment)
            throws Exception {
        List<AdminToken> tokens = AdminToken.all(operator, properties, environment);
        return http.authorizeHttpRequests(requests -> {
                    // Reading is for everybody with a token; what no line below names is for admins.
                    requests.requestMatchers(at(HttpMethod.GET, "/**"), at(HttpMethod.HEAD, "/**"))
                            .authenticated();
                    OF_OPERATORS.forEach(
                            path -> requests.requestMatchers(at(null, path)).hasAnyRole("OPERATOR", "ADMIN"));
                    requests.requestMatchers(at(null, "/api/policy/**")).hasAnyRole("POLICY_ADMIN", "ADMIN");
                    requests.anyRequest().hasRole("ADMIN");
                })
                // Not a bean: Boot would add it to every request a second time.
                .addFilterBefore(new OperatorTokenFilter(tokens), UsernamePasswordAuthenticationFilter.class)
                .exceptionHandling(answers -> answers.authenticationEntryPoint(ApiSecurityConfig::askForToken)
                        .accessDeniedHandler(ApiSecurityConfig::refuse))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    private static RequestMatcher at(@Nullable HttpMethod method, String path) {
        return method == null
                ? PathPatternRequestMatcher.withDefaults().matcher(path)
                : PathPatternRequestMatcher.withDefaults().matcher(method, path);
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"");
        problem(
                response,
                HttpServletResponse.SC_FORBIDDEN,
                "Forbidden",
                "Your role does not allow this. The page on administration says which one does.");
    }

    /** RFC 6750, section 3: whoever showed no token at all is told no error code. */
    private static void askForToken(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        boolean shown = OperatorTokenFilter.presented(request).isPresent();
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, shown ? "Bearer error=\"invalid_token\"" : "Bearer");
        problem(
                response,
                HttpServletResponse.SC_UNAUTHORIZED,
                "Unauthorized",
                shown
                        ? "This is not the operator's token."
                        : "Send the operator's token as \"Authorization: Bearer\".");
    }

    private static void problem(HttpServletResponse response, int status, String title, String detail)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter()
                .write(Wire.write(Map.of("type", "about:blank", "title", title, "status", status, "detail", detail)));
    }
}
