package io.signalbox.flow;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Runs a route that begins with {@code platform-http} on the thread that the web server gave the request. Camel's own
 * engine hands each request to a second thread and lets the web server take it up a third time, through all filters
 * again, when the answer is there: a third of what accepting a SET cost.
 */
@Configuration(proxyBeanMethods = false)
class HttpWayInConfig {

    @Bean("platform-http-engine")
    PlatformHttpEngine routesOnTheThreadOfTheRequest(ServerProperties server) {
        Integer port = server.getPort();
        return new SpringBootPlatformHttpEngine(port == null ? 8080 : port) {
            @Override
            public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor route) {
                return new OnTheThreadOfTheRequest(endpoint, route);
            }
        };
    }

    /**
     * The web server is there before the routes, and a moment longer. A sender who got its 404 then could take it for the
     * last word on a SET.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4">RFC 9110, section 15.6.4</a>
     */
    @Bean
    FilterRegistrationBean<Filter> onlyWhileTheRoutesAreThere(ObjectProvider<CamelContext> routes) {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
            if (routes.getObject().isStarted()) {
                chain.doFilter(request, response);
            } else {
                HttpServletResponse answer = (HttpServletResponse) response;
                answer.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                answer.setHeader("Retry-After", "5");
            }
        });
        registration.setUrlPatterns(List.of("/push", "/push/*", "/logout/*", "/webhook/*"));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    private static final class OnTheThreadOfTheRequest extends SpringBootPlatformHttpConsumer {

        private static final Executor CALLER = Runnable::run;

        OnTheThreadOfTheRequest(PlatformHttpEndpoint endpoint, Processor route) {
            super(endpoint, route, CALLER);
        }

        /** Nothing to wait for: Spring leaves an answer alone that is null, as it was written already. */
        @Override
        public @Nullable CompletableFuture<Void> service(HttpServletRequest request, HttpServletResponse response) {
            super.service(request, response);
            return null;
        }
    }
}
