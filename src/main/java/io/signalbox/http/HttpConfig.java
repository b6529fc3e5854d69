package io.signalbox.http;

import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The door out, in its three sizes: documents, HTTP connections for connectors, and addresses for sockets. */
@Configuration(proxyBeanMethods = false)
class HttpConfig {

    @Bean
    AddressGuard addressGuard(HttpProperties properties) {
        return new AddressGuard(properties.allowedRanges());
    }

    /** For the HTTP component of the routes: what connectors call goes through the same guard. */
    @Bean(destroyMethod = "close")
    HttpClientConnectionManager guardedConnections(AddressGuard addressGuard, HttpProperties properties) {
        return GuardedConnections.open(addressGuard, properties.connectTimeout(), properties.responseTimeout());
    }

    @Bean(destroyMethod = "close")
    PooledHttp guardedHttp(HttpClientConnectionManager guardedConnections, HttpProperties properties) {
        return new PooledHttp(guardedConnections, properties.responseTimeout());
    }
}
