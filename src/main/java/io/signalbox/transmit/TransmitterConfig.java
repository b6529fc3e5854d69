package io.signalbox.transmit;

import io.signalbox.Home;
import io.signalbox.OpenPath;
import io.signalbox.StartupFact;
import io.signalbox.http.GuardedHttp;
import io.signalbox.store.ClientTokens;
import io.signalbox.store.StreamBook;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;

/** Puts the transmitter together, where there is anybody to transmit to. */
@Configuration(proxyBeanMethods = false)
@OnlyAsTransmitter
class TransmitterConfig {

    @Bean
    Transmitter transmitter(IssuerProperties issuer, TransmitterProperties properties, Environment environment) {
        return new Transmitter(issuer, properties, environment);
    }

    @Bean
    Seal seal(TransmitterProperties properties, Home home) {
        return Seal.open(properties.sealKeyFile(), home);
    }

    @Bean
    OutsideServers outsideServers(
            TransmitterProperties properties,
            Transmitter transmitter,
            GuardedHttp guardedHttp,
            Environment environment,
            Clock clock) {
        return new OutsideServers(properties, transmitter, guardedHttp, environment, clock);
    }

    @Bean
    AccessTokens accessTokens(
            Transmitter transmitter, ClientTokens issued, OutsideServers outsideServers, Clock clock) {
        return new AccessTokens(transmitter, issued, outsideServers, clock);
    }

    @Bean
    Outgoing outgoing(Transmitter transmitter, StreamBook book, Seal seal) {
        return new Outgoing(transmitter, book, seal);
    }

    /** Before the operators' chain, and apart from it: a receiver's token opens nothing there, nor theirs anything here. */
    @Bean
    @Order(0)
    SecurityFilterChain receivers(HttpSecurity http, Transmitter transmitter, AccessTokens tokens) throws Exception {
        PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
        return http.securityMatcher(new AndRequestMatcher(
                        paths.matcher("/ssf/**"),
                        new NegatedRequestMatcher(paths.matcher(HttpMethod.GET, Transmitter.JWKS + "/**"))))
                .authorizeHttpRequests(requests -> requests
                        // A long poll that is answered comes by again; it was let in when it came.
                        .dispatcherTypeMatchers(DispatcherType.ASYNC)
                        .permitAll()
                        .anyRequest()
                        .hasRole("RECEIVER"))
                // Not a bean: Boot would add it to every request a second time.
                .addFilterBefore(new AccessFilter(transmitter, tokens), UsernamePasswordAuthenticationFilter.class)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    OpenPath metadataPath() {
        return new OpenPath(
                HttpMethod.GET, "/.well-known/ssf-configuration/**", "receivers find the transmitter by its metadata");
    }

    @Bean
    OpenPath serverMetadataPath() {
        return new OpenPath(
                HttpMethod.GET, "/.well-known/oauth-authorization-server/**", "clients find the token endpoint by it");
    }

    @Bean
    OpenPath transmitterKeysPath() {
        return new OpenPath(HttpMethod.GET, Transmitter.JWKS + "/**", "public keys, for whoever verifies what we sent");
    }

    @Bean
    OpenPath tokenPath() {
        return new OpenPath(HttpMethod.POST, Transmitter.TOKEN, "whoever calls says who it is in the call itself");
    }

    @Bean
    @Order(10)
    StartupFact transmitterFact(Transmitter transmitter) {
        return StartupFact.of(
                "transmitter",
                () -> transmitter.issuer() + ", for "
                        + transmitter.clients().stream().map(Client::id).collect(Collectors.joining(", ")));
    }
}
