package io.signalbox.transmit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may have streams of us, and by which rules. Without clients we transmit nothing, and none of its addresses is there.
 *
 * @param clients those who may have streams; none by default
 * @param tenants issuers besides {@code signalbox.issuer}, each with keys, metadata and clients of its own; none by default
 * @param authorizationServers servers besides our own whose access tokens let clients in; none by default
 * @param url where our endpoints are reached from outside; by default scheme, host and port of {@code signalbox.issuer}
 * @param minVerificationInterval how long a receiver waits between two verifications that it asks for; 0 seconds to 1 day,
 *     default 60s
 * @param inactivityTimeout after how long without a word of its receiver a stream is paused; at least an hour; by default
 *     never
 * @param pollWithReadScope whether a token with {@code ssf.read} alone may poll; default false
 * @param sealKeyFile file with the key, 32 octets in base64, by which the receivers' authorization headers are encrypted
 *     and pairwise subjects made; by default one is made in the data directory. Nodes that share a ledger share it
 */
@ConfigurationProperties("signalbox.transmitter")
record TransmitterProperties(
        @DefaultValue List<Entry> clients,
        @DefaultValue List<Issuer> tenants,
        @DefaultValue List<Server> authorizationServers,
        @Nullable String url,
        @DefaultValue("60s") Duration minVerificationInterval,
        @Nullable Duration inactivityTimeout,
        @DefaultValue("false") boolean pollWithReadScope,
        @Nullable Path sealKeyFile) {

    private static final String KEY = "signalbox.transmitter.";

    TransmitterProperties {
        clients = List.copyOf(clients);
        tenants = List.copyOf(tenants);
        authorizationServers = List.copyOf(authorizationServers);
        if (minVerificationInterval.isNegative() || minVerificationInterval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(KEY + "min-verification-interval must be 0 seconds to 1 day");
        }
        if (inactivityTimeout != null && inactivityTimeout.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException(KEY + "inactivity-timeout must be at least 1 hour");
        }
    }

    /**
     * One more that we are to some of our receivers.
     *
     * @param name by which clients name it, letters, digits, dots and dashes; its keys are published under it
     * @param issuer {@code iss} of its SETs, an https URL whose path no other issuer of ours has
     * @param keysFile file with the keys that sign its SETs, as {@code signalbox.transmitter.keys-file}; by default one is made
     *     in the data directory
     * @param subjects about whom its clients may be told at most; by default what each client's own entry says
     */
    record Issuer(
            @Nullable String name,
            @Nullable String issuer,
            @Nullable Path keysFile,
            @DefaultValue List<String> subjects) {}

    /**
     * An authorization server of somebody else's.
     *
     * @param name by which clients name it
     * @param issuer {@code iss} of its tokens
     * @param jwksUri where the keys are that sign its tokens, which are JWTs; https, or http on loopback
     * @param introspectionUri where it says what a token is good for (RFC 7662); instead of the keys
     * @param introspectionClientId as whom we ask it
     * @param introspectionSecretFile file that holds the secret with which we ask
     * @param introspectionSecretEnv name of the environment variable that holds it; instead of the file
     * @param audiences {@code aud} that its tokens for us have, one of these. Has to be said
     * @param clientClaim member of its tokens that holds the id of the client; default {@code client_id}
     */
    record Server(
            @Nullable String name,
            @Nullable String issuer,
            @Nullable String jwksUri,
            @Nullable String introspectionUri,
            @Nullable String introspectionClientId,
            @Nullable Path introspectionSecretFile,
            @Nullable String introspectionSecretEnv,
            @DefaultValue List<String> audiences,
            @DefaultValue("client_id") String clientClaim) {}

    /**
     * What the operator wrote about one client.
     *
     * @param id its name at our token endpoint, and in the tokens of another server
     * @param tenant name of the issuer that it receives from; by default {@code signalbox.issuer}
     * @param authorizationServer name of the server whose tokens let it in, besides what we gave it; none by default
     * @param secretFile file that holds its secret
     * @param secretEnv name of the environment variable that holds its secret; instead of the file
     * @param keysFile file with its public keys, a JWK set (RFC 7517), if it logs in with {@code private_key_jwt}
     * @param tokenFile file that holds a token which it may show without logging in; for simple receivers
     * @param tokenEnv name of the environment variable that holds that token; instead of the file
     * @param scopes what its tokens may be good for, of {@code ssf.read}, {@code ssf.manage} and {@code ssf.manage.poll};
     *     default the first two
     * @param audience {@code aud} of its SETs; several only if they are one entity. Default: its id
     * @param streams how many streams it may have at a time, 1 to 10000; default 1
     * @param events which event types it may be told, such as {@code caep:*}; default {@code caep:*, risc:*}
     * @param subjects about whom it may be told, such as {@code email:*@acme.example}; {@code *} for anybody. Has to be said
     * @param defaultSubjects {@code ALL}: it is told of all of these subjects but those that it takes away; {@code NONE}: of
     *     those that it adds. Default ALL
     * @param claims claims of events that it is told besides those that its type defines and that are not personal, such as
     *     {@code reason_user}; {@code *} for all. None by default
     * @param subjectFormat how subjects are named to it: {@code as-given}, {@code email}, {@code iss_sub}, {@code account},
     *     {@code phone_number}, {@code opaque}, or {@code pairwise} for an identifier that nobody but it is told. A subject
     *     that has no such identifier is not told of. Default as-given
     * @param tellOrigin whether a relayed event says in the claim {@code orig_iss} whose it was; default true
     * @param algorithm how its SETs are signed: {@code RS256}, {@code PS256}, {@code ES256} or {@code EdDSA}; default RS256
     * @param tellActions whether it is told what targets did for us: of sessions ended, accounts disabled and enabled again.
     *     Default false
     * @param removalGrace how long events go on about a subject that the client took away, as whoever has its account could
     *     silence them (SSF 1.0, section 9.3); at most 30 days, default 0s
     */
    record Entry(
            @Nullable String id,
            @Nullable String tenant,
            @Nullable String authorizationServer,
            @Nullable Path secretFile,
            @Nullable String secretEnv,
            @Nullable Path keysFile,
            @Nullable Path tokenFile,
            @Nullable String tokenEnv,
            @DefaultValue({"ssf.read", "ssf.manage"}) List<String> scopes,
            @DefaultValue List<String> audience,
            @DefaultValue("1") int streams,
            @DefaultValue({"caep:*", "risc:*"}) List<String> events,
            @DefaultValue List<String> subjects,
            @DefaultValue("ALL") String defaultSubjects,
            @DefaultValue List<String> claims,
            @DefaultValue("as-given") String subjectFormat,
            @DefaultValue("true") boolean tellOrigin,
            @DefaultValue("RS256") String algorithm,
            @DefaultValue("false") boolean tellActions,
            @DefaultValue("0s") Duration removalGrace) {}
}
