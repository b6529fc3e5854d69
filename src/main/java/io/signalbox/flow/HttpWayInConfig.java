package io.signalbox.flow;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
