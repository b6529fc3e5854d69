package io.signalbox.ingest;

import io.signalbox.http.Revocation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where SETs come from.
 *
 * @param sources streams that others transmit to us, each with a door of its own; none by default, and then SETs of all
 *     trusted issuers are taken at {@code POST /push}
 */
@ConfigurationProperties("signalbox")
record SourceProperties(@DefaultValue List<Entry> sources) {

    SourceProperties {
        sources = List.copyOf(sources);
    }

    /**
     * What the operator wrote about one source.
     *
     * @param name made of a-z, 0-9 and hyphens; the source's address is {@code POST /push/<name>} if it is pushed
     * @param transmitter the issuer of its SETs; one that {@code signalbox.trust} names
     * @param delivery {@code push}: the transmitter sends (RFC 8935); {@code poll}: we fetch (RFC 8936); {@code logout}: an
     *     OpenID provider sends logout tokens to {@code POST /logout/<name>}, and each counts as the CAEP event
     *     {@code session-revoked}; {@code webhook}: a vendor sends JSON of its own to {@code POST /webhook/<name>};
     *     {@code scim-watch}: we look at a SCIM server that tells nothing by itself. The last two sign nothing: their
     *     transmitter is one with {@code attested: true} in {@code signalbox.trust}
     * @param audience what {@code aud} of each SET must hold besides what {@code signalbox.trust} asks for; nothing by
     *     default. Name it under {@code audiences} there as well
     * @param authorizationHeaderFile file that holds what the transmitter must send in the header {@code Authorization},
     *     compared as a whole; push and webhook only. By default nothing has to be sent, and the signature alone says who it is
     * @param authorizationHeaderEnv name of the environment variable that holds it; instead of the file
     * @param clientCertificateAuthoritiesFile PEM file of the authorities that issue the certificate which the transmitter
     *     must show in its TLS handshake; with push and logout. No certificate is asked for by default. The server itself
     *     must ask for one ({@code server.ssl.client-auth: want}) and trust the same authorities
     *     ({@code server.ssl.trust-certificate})
     * @param clientCertificateSubject distinguished name that the certificate must have, such as {@code CN=idp,O=Acme};
     *     any by default
     * @param clientCertificateName DNS name, URI or e-mail address that must be among its subject alternative names; any by
     *     default
     * @param clientCertificateRevocation where it is asked whether the certificate was revoked: {@code off}, {@code ocsp},
     *     {@code crl}, or {@code either}, of the places that the certificate names; default off. What cannot be learned is
     *     answered with 503, and an answer is good for five minutes
     * @param mapping the folder in {@code routes/ingest} that knows the vendor's JSON, such as {@code okta} or
     *     {@code generic}; webhook only, and needed there
     * @param hmacSecretFile file with the secret that the vendor signs each body with (HMAC-SHA256), in the way that the
     *     mapping says, else that of Standard Webhooks. Webhook only; of this, the header {@code Authorization} and the
     *     next there must be at least one
     * @param hmacSecretEnv name of the environment variable that holds it; instead of the file
     * @param hmacTolerance how far the time in a signature of Standard Webhooks may be from ours, 1 second to 1 hour;
     *     default 5m
     * @param clientStateFile file with the secret that the vendor repeats in each of its events, where the mapping knows
     *     the place. Webhook only
     * @param clientStateEnv name of the environment variable that holds it; instead of the file
     * @param maxBodySize the largest webhook that is read, 1KB to 1MB; default 256KB
     * @param mustBeUp whether the health indicator {@code sources} is down while this source is not up; default false
     * @param maxSilence how long it is normal that no SET comes; after that the source is {@code silent}. At least a
     *     minute; by default any silence is normal
     * @param pollUri where SETs are fetched, as the transmitter's stream configuration says it
     *     ({@code delivery.endpoint_url}); https, or http on loopback. Poll only; where the source has
     *     {@code credentials} the transmitter is asked; at most 15 sources at one host. Of a SCIM server that is watched,
     *     its base URL
     * @param pollAuthorizationFile file that holds what we send in the header {@code Authorization}, such as
     *     {@code Bearer ...}; read for each poll. Poll only; by default nothing is sent
     * @param pollAuthorizationEnv name of the environment variable that holds it; instead of the file
     * @param maxEvents the most SETs that are asked for at once, 1 to 1000; default 100
     * @param returnImmediately whether the transmitter is asked to answer at once even if it has nothing, instead of
     *     waiting until it has (long polling); default false
     * @param pollTimeout how long an answer to a poll may take; longer than the transmitter waits until it has something.
     *     5 seconds to 15 minutes; default 90s
     * @param pollInterval the least time between two polls that bring nothing: what keeps us from asking without a pause
     *     where there is no long polling. 100 milliseconds to 1 hour; default 5s
     * @param pollBackOff the pause after a poll that failed; doubled each time that it fails again. Default 1s
     * @param pollLongestBackOff the longest of those pauses, and the longest that the transmitter may ask for with
     *     {@code Retry-After}; default 5m, at most 24 hours
     * @param maxResponseSize the largest answer to a poll that is read, 64KB to 64MB; default 8MB
     * @param fullInterval how often a SCIM server that is watched is listed as a whole, which is how deleted users are
     *     noticed; 1 second to 7 days, default 1h
     */
    record Entry(
            @Nullable String name,
            @Nullable String transmitter,
            @Nullable String delivery,
            @Nullable String audience,
            @Nullable String authorizationHeaderFile,
            @Nullable String authorizationHeaderEnv,
            @Nullable String clientCertificateAuthoritiesFile,
            @Nullable String clientCertificateSubject,
            @Nullable String clientCertificateName,
            @DefaultValue("off") Revocation clientCertificateRevocation,
            @Nullable String mapping,
            @Nullable String hmacSecretFile,
            @Nullable String hmacSecretEnv,
            @DefaultValue("5m") Duration hmacTolerance,
            @Nullable String clientStateFile,
            @Nullable String clientStateEnv,
            @DefaultValue("256KB") DataSize maxBodySize,
            @DefaultValue("false") boolean mustBeUp,
            @Nullable Duration maxSilence,
            @Nullable String pollUri,
            @Nullable String pollAuthorizationFile,
            @Nullable String pollAuthorizationEnv,
            @DefaultValue("100") int maxEvents,
            @DefaultValue("false") boolean returnImmediately,
            @DefaultValue("90s") Duration pollTimeout,
            @DefaultValue("5s") Duration pollInterval,
            @DefaultValue("1s") Duration pollBackOff,
            @DefaultValue("5m") Duration pollLongestBackOff,
            @DefaultValue("8MB") DataSize maxResponseSize,
            @DefaultValue("1h") Duration fullInterval) {}
}
