package io.signalbox.transmit;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who we are to those who receive from us.
 *
 * @param issuer {@code iss} of the SETs that we send, and where our metadata is found: an https URL without query and
 *     fragment, or http on loopback. Needed once {@code signalbox.transmitter.clients} names a client
 */
@ConfigurationProperties("signalbox")
record IssuerProperties(@Nullable String issuer) {}
