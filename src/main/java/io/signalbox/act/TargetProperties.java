package io.signalbox.act;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The systems that actions go to, and how patiently they are tried.
 *
 * @param targets the systems that carry out actions, by name; a name is made of a-z, 0-9 and hyphens and becomes part
 *     of a queue's name; default none
 * @param act how attempts at all targets are made
 * @param routesDirectory the folder with the routes and connectors; the ones shipped in the jar are used where it does
 *     not exist; default {@code ./routes}
 */
@ConfigurationProperties("signalbox")
record TargetProperties(
        @DefaultValue Map<String, Target> targets,
        @DefaultValue Act act,
        @DefaultValue("./routes") String routesDirectory) {

    TargetProperties {
        targets = Map.copyOf(targets);
    }

    /**
     * One system that carries out actions.
     *
     * @param kind the connector: name of a folder under {@code routes/act/}
     * @param url where the target is called, as its connector describes it
     * @param actions kinds of action that this target does, such as {@code account.disable}; default all that its
     *     connector can do
     * @param tokenFile file that holds what is sent to the target as it is: the bearer token, the password, or the API key
     * @param tokenEnv name of the environment variable that holds the same
     * @param secretFile file that holds what is never sent to the target itself: the secret with which messages are
     *     signed, or the one with which a token is fetched
     * @param secretEnv name of the environment variable that holds the same
     * @param auth how the target is logged in at
     * @param sslBundle name of the bundle in {@code spring.ssl.bundle} whose certificate is shown to the target's host, and
     *     whose authorities alone may vouch for it; absent: no certificate is shown
     * @param consumers attempts made at the same time, 1 to 64; default 4
     * @param perMinute the most attempts that this node begins within a minute, 0 to 1000000; default 0: no limit. What is
     *     over it waits in the queue, and no try is counted
     * @param timeout how long the target may stay silent during a call over HTTP, 1s to 10m; default 30s
     * @param verify whether to look afterwards whether an action took effect, where the connector can; default true
     * @param options further settings, as the connector's README lists them
     */
    record Target(
            @Nullable String kind,
            @Nullable String url,
            @DefaultValue List<String> actions,
            @Nullable Path tokenFile,
            @Nullable String tokenEnv,
            @Nullable Path secretFile,
            @Nullable String secretEnv,
            @DefaultValue Auth auth,
            @Nullable String sslBundle,
            @DefaultValue("4") int consumers,
            @DefaultValue("0") int perMinute,
            @DefaultValue("30s") Duration timeout,
            @DefaultValue("true") boolean verify,
            @DefaultValue Map<String, String> options) {

        Target {
            actions = List.copyOf(actions);
            options = Map.copyOf(options);
        }
    }

    /**
     * How a target is logged in at.
     *
     * @param kind {@code bearer}: the token in the Authorization header; {@code basic}: user name, and the token as the
     *     password; {@code header}: the token in a header of its own; {@code oauth}: a token fetched by client
     *     credentials, kept until it expires or is refused; {@code jwt-bearer}: a token fetched for an assertion that is
     *     signed with an RSA key (RFC 7523); {@code none}. Default: what the connector says, else {@code bearer}
     * @param username for {@code basic}
     * @param header for {@code header}: its name; default: what the connector says
     * @param prefix for {@code header}: what stands before the token; default: what the connector says
     * @param tokenUrl for {@code oauth} and {@code jwt-bearer}: where tokens are fetched
     * @param clientId for the same: as whom; the secret is the client's secret, or the RSA key in PEM
     * @param scope for the same: what is asked for; absent: nothing is said
     * @param subject for {@code jwt-bearer}: on whose behalf; absent: the client's own
     * @param clientAuthentication for {@code oauth}: {@code basic} sends the client's secret in a header, {@code post} in
     *     the body; default {@code basic}
     */
    record Auth(
            @Nullable String kind,
            @Nullable String username,
            @Nullable String header,
            @Nullable String prefix,
            @Nullable String tokenUrl,
            @Nullable String clientId,
            @Nullable String scope,
            @Nullable String subject,
            @DefaultValue("basic") String clientAuthentication) {}

    /**
     * How attempts are made.
     *
     * @param retry pauses between attempts that got no answer; after the last one the action is a dead letter; default
     *     1s, 5s, 30s, 2m, 10m, 30m, 1h, 2h, 4h, 8h, 12h: more than a day
     * @param jitter part of each pause by which it is made longer or shorter at random, 0 to 0.9, so that actions which
     *     failed together do not come back together; default 0.2
     * @param longestRetryAfter the longest wait that a target may ask for with Retry-After; default 1h
     * @param lease how long an action taken for its next attempt is kept from being taken again, should that message
     *     be lost; longer than a message usually waits in its queue; default 5m
     * @param breaker when a target that gives no answers is left alone
     */
    record Act(
            @DefaultValue({"1s", "5s", "30s", "2m", "10m", "30m", "1h", "2h", "4h", "8h", "12h"})
            List<Duration> retry,

            @DefaultValue("0.2") double jitter,
            @DefaultValue("1h") Duration longestRetryAfter,
            @DefaultValue("5m") Duration lease,
            @DefaultValue Breaker breaker) {

        Act {
            retry = List.copyOf(retry);
            if (retry.stream().anyMatch(pause -> pause.isNegative() || pause.isZero())) {
                throw new IllegalArgumentException("signalbox.act.retry: every pause must be longer than nothing");
            }
            if (!(jitter >= 0 && jitter <= 0.9)) {
                throw new IllegalArgumentException("signalbox.act.jitter: must be between 0 and 0.9, is " + jitter);
            }
            if (longestRetryAfter.isNegative()) {
                throw new IllegalArgumentException("signalbox.act.longest-retry-after: must not be negative");
            }
            if (lease.compareTo(Duration.ofSeconds(10)) < 0) {
                throw new IllegalArgumentException("signalbox.act.lease: must be at least 10s, is " + lease);
            }
        }
    }

    /**
     * When a target is left alone.
     *
     * @param failures attempts in a row without an answer after which the target is left alone, 1 to 1000; default 10
     * @param pause how long it is left alone at first; default 5s. Doubled each time that it still gives no answer
     * @param longestPause the longest that it is left alone between two probes; default 5m
     */
    record Breaker(
            @DefaultValue("10") int failures,
            @DefaultValue("5s") Duration pause,
            @DefaultValue("5m") Duration longestPause) {

        Breaker {
            if (failures < 1 || failures > 1000) {
                throw new IllegalArgumentException(
                        "signalbox.act.breaker.failures: must be between 1 and 1000, is " + failures);
            }
            if (pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException("signalbox.act.breaker.pause: must be longer than nothing");
            }
            if (longestPause.compareTo(pause) < 0) {
                throw new IllegalArgumentException(
                        "signalbox.act.breaker.longest-pause: must not be shorter than signalbox.act.breaker.pause");
            }
        }
    }
}
