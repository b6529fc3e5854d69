package io.signalbox.http;

import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The door out, in its three sizes: documents, HTTP connections for connectors, and addresses for sockets. */
@Configuration(proxyBeanMethods = false)
class HttpConfig {

    @Bean
    AddressGuard addressGuard(HttpProperties properties) {
        return new AddressGuard(properties.allowedRanges());
    }

    @Bean
    GuardedSockets guardedSockets(AddressGuard addressGuard, HttpProperties properties) {
        return new GuardedSockets(addressGuard, properties);
    }

    /** For the HTTP component of the routes: what connectors call goes through the same guard. */
    @Bean(destroyMethod = "close")
    HttpClientConnectionManager guardedConnections(
            AddressGuard addressGuard, HttpProperties properties, ObjectProvider<ClientIdentities> identities) {
        return GuardedConnections.open(
                addressGuard,
                properties.connectTimeout(),
                properties.responseTimeout(),
                properties.authorities(),
                identities.getIfAvailable(() -> (host, port) -> null));
    }

    @Bean(destroyMethod = "close")
    PooledHttp guardedHttp(HttpClientConnectionManager guardedConnections, HttpProperties properties) {
        return new PooledHttp(guardedConnections, properties.responseTimeout());
    }

    /**
     * The same for what we push to receivers, over connections of its own: addresses there are written by strangers, and
     * those that hang must not use up what actions need.
     */
    @Bean(destroyMethod = "close", defaultCandidate = false)
    HttpClientConnectionManager pushConnections(AddressGuard addressGuard, HttpProperties properties) {
        return GuardedConnections.open(
                addressGuard, properties.connectTimeout(), properties.responseTimeout(), properties.authorities());
    }

    @Bean(destroyMethod = "close", defaultCandidate = false)
    PooledHttp pushHttp(
            @Qualifier("pushConnections") HttpClientConnectionManager pushConnections, HttpProperties properties) {
        return new PooledHttp(pushConnections, properties.responseTimeout());
    }

    @Bean
    HttpComponent http(HttpClientConnectionManager guardedConnections) {
        return oneAttempt(guardedConnections);
    }

    @Bean
    HttpComponent https(HttpClientConnectionManager guardedConnections) {
        return oneAttempt(guardedConnections);
    }

    /**
     * What routes call out with makes one attempt. Left alone, the client repeats what got 429 or 503 by itself and
     * sleeps for as long as Retry-After says, with a consumer of the target's queue and a message in its transaction.
     * It also forgets cookies: what a target sets for one action is no part of the next.
     */
    private static HttpComponent oneAttempt(HttpClientConnectionManager guardedConnections) {
        HttpComponent http = new HttpComponent();
        http.setClientConnectionManager(guardedConnections);
        http.setAutomaticRetriesDisabled(true);
        http.setRedirectHandlingDisabled(true);
        http.setCookieManagementDisabled(true);
        http.setAuthCachingDisabled(true);
        return http;
    }
}
