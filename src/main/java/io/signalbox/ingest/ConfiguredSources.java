package io.signalbox.ingest;

import io.signalbox.Step;
import io.signalbox.ingest.SourceProperties.Entry;
import io.signalbox.set.Entrance;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.KnownIssuers;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * The sources as configured, checked against each other and against whom we trust. The ways in ask it whose door is
 * whose, and whether the transmitter has shown who it is.
 */
@Step("sources")
public class ConfiguredSources implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

    private static final int MOST_EVENTS = 1000;

    /** Each poll that waits holds a connection, and of those to one host the issuer's keys are fetched by one, too. */
    private static final int MOST_AT_ONE_HOST = 15;

    private static final int MOST_ASKING = 4;

    /** Of those who are asked whether a certificate was revoked and do not answer. */
    private static final Duration AFTER_NO_ANSWER = Duration.ofSeconds(5);

    private final Map<String, Source> sources = new LinkedHashMap<>();
    private final Entrance open;
    private final ExecutorService askers = Executors.newFixedThreadPool(MOST_ASKING, ConfiguredSources::asker);

    ConfiguredSources(SourceProperties properties, KnownIssuers issuers, KeptStreams kept, Environment environment) {
        List<Entry> entries = properties.sources();
        List<Source> read = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            String key = "signalbox.sources[" + i + "].";
            Source source = source(key, entries.get(i), issuers, kept, environment, askers);
            read.forEach(earlier -> checkTogether(key, source, earlier));
            checkHost(key, source, read);
            read.add(source);
            sources.put(source.name(), source);
        }
        this.open = Entrance.open(
                read.stream().filter(Source::locked).map(Source::transmitter).collect(Collectors.toUnmodifiableSet()));
    }

    /** How SETs get from a transmitter to us. */
    public enum Delivery {
        PUSH,
        POLL,
        /** OIDC back-channel logout: the provider sends logout tokens. */
        LOGOUT,
        /** A vendor sends JSON of its own. */
        WEBHOOK,
        /** We look at a SCIM server that tells nothing by itself. */
        SCIM_WATCH;

        /** The word in the configuration and in the API. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether we call the other side. */
        boolean asks() {
            return this == POLL || this == SCIM_WATCH;
        }

        /** Whether nobody but us signs what is told. */
        boolean attested() {
            return this == WEBHOOK || this == SCIM_WATCH;
        }
    }

    /**
     * One source, checked.
     *
     * @param transmitter the issuer of its SETs
     * @param audience what {@code aud} must hold besides what trust asks for
     * @param authorization what the transmitter must send; absent unless it is pushed and asked for
     * @param certificate what its TLS certificate must be like; absent if none is asked for
     * @param mustBeUp whether health depends on it
     * @param maxSilence how long it is normal that nothing comes; absent if always
     * @param polling how it is polled or watched; absent if it sends by itself
     * @param webhook how its webhooks are taken; absent unless it sends such
     */
    public record Source(
            String name,
            String transmitter,
            Delivery delivery,
            @Nullable String audience,
            @Nullable Secret authorization,
            @Nullable ClientCertificate certificate,
            boolean mustBeUp,
            @Nullable Duration maxSilence,
            @Nullable Polling polling,
            @Nullable Webhook webhook) {

        /** Whether its transmitter must show more than a signature. */
        boolean locked() {
            return delivery == Delivery.PUSH && (authorization != null || certificate != null);
        }

        /** The door that its SETs come in by. */
        public Entrance entrance() {
            return delivery == Delivery.LOGOUT
                    ? Entrance.ofLogout(name, transmitter, audience)
                    : Entrance.of(name, transmitter, audience);
        }
    }

    /**
     * How a source is polled.
     *
     * @param uri where SETs are fetched; absent where the transmitter is asked
     * @param authorization what we send; absent if nothing
     * @param kept whether we keep the stream at its transmitter, and so log in there
     * @param maxEvents the most SETs asked for at once
     * @param returnImmediately whether the transmitter shall not wait until it has something
     * @param timeout how long an answer may take
     * @param interval the least time between two polls that bring nothing
     * @param backOff the pause after a first failure
     * @param longestBackOff the longest pause
     * @param maxResponseBytes the largest answer that is read
     * @param fullInterval how often a SCIM server is listed as a whole
     */
    public record Polling(
            @Nullable URI uri,
            @Nullable Secret authorization,
            boolean kept,
            int maxEvents,
            boolean returnImmediately,
            Duration timeout,
            Duration interval,
            Duration backOff,
            Duration longestBackOff,
            int maxResponseBytes,
            Duration fullInterval) {

        /**
         * The value of the {@code Authorization} header; absent if none is sent.
         *
         * @throws IllegalArgumentException naming the key, if it cannot be read now
         */
        public @Nullable String credentials() {
            return authorization == null ? null : authorization.value();
        }
    }

    /**
     * How the webhooks of a source are taken.
     *
     * @param mapping the folder that knows the vendor's JSON
     * @param hmac what each body is signed with; absent if it is not
     * @param tolerance how far the time in a signature may be from ours
     * @param clientState what each event repeats; absent if it does not
     * @param maxBytes the largest body that is read
     */
    public record Webhook(
            String mapping,
            @Nullable Secret hmac,
            Duration tolerance,
            @Nullable Secret clientState,
            int maxBytes) {

        /** Absent if bodies are not signed. */
        public @Nullable String hmacSecret() {
            return hmac == null ? null : hmac.value();
        }

        /** Whether an event repeats the secret that was agreed upon, if there is one. */
        public boolean knows(@Nullable String presented) {
            return clientState == null
                    || presented != null && MessageDigest.isEqual(digest(clientState.value()), digest(presented));
        }
    }

    /** Whether there is a source of this name that sends webhooks. */
    public boolean hooked(@Nullable String name) {
        Source source = name == null ? null : sources.get(name);
        return source != null && source.delivery() == Delivery.WEBHOOK;
    }

    /** The source of this name, which must be there. */
    public Source source(String name) {
        return named(name);
    }

    /** Whether there is a source of this name that is pushed. */
    public boolean pushed(@Nullable String name) {
        Source source = name == null ? null : sources.get(name);
        return source != null && source.delivery() == Delivery.PUSH;
    }

    /** Whether there is a source of this name whose provider sends logout tokens. */
    public boolean loggedOut(@Nullable String name) {
        Source source = name == null ? null : sources.get(name);
        return source != null && source.delivery() == Delivery.LOGOUT;
    }

    /** The door of a source; without a name, the one for all who have none of their own. */
    public Entrance entrance(@Nullable String name) {
        return name == null ? open : named(name).entrance();
    }

    /**
     * Whether the transmitter of a source has shown who it is, if it has to. Compared as digests, which take the
     * same time whatever differs.
     *
     * @param presented the value of the request's header; anything but one string is several headers
     */
    public boolean authenticated(@Nullable String name, @Nullable Object presented) {
        Secret expected = name == null ? null : named(name).authorization();
        return expected == null
                || presented instanceof String value && MessageDigest.isEqual(digest(expected.value()), digest(value));
    }

    /**
     * What is to be said against the certificate that the transmitter of a source showed, if it has to show one.
     *
     * @return a refusal, or that it cannot be told now; empty if nothing is to be said
     */
    public Optional<Verdict> objection(@Nullable String name, Instant now) {
        ClientCertificate asked = name == null ? null : named(name).certificate();
        if (asked == null) {
            return Optional.empty();
        }
        ClientCertificate.Shown shown = asked.examine(PresentedCertificates.ofThisRequest(), now);
        if (shown instanceof ClientCertificate.Shown.Bad bad) {
            return Optional.of(new Verdict.Refused(SetError.AUTHENTICATION_FAILED, bad.why()));
        }
        return shown instanceof ClientCertificate.Shown.Unknown unknown
                ? Optional.of(new Verdict.Undecided(unknown.why(), AFTER_NO_ANSWER))
                : Optional.empty();
    }

    /** Ends the questions that are under way. */
    @Override
    public void close() {
        askers.shutdownNow();
    }

    private static Thread asker(Runnable question) {
        Thread thread = new Thread(question, "revocation");
        thread.setDaemon(true);
        return thread;
    }

    /** In the order of the configuration. */
    public List<Source> all() {
        return List.copyOf(sources.values());
    }

    /** The name of the lease under which a source is polled. */
    public static String lease(String source) {
        return "poll/" + source;
    }

    private Source named(String name) {
        Source source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("signalbox.sources: there is no source named " + name);
        }
        return source;
    }

    private static Source source(
            String key, Entry entry, KnownIssuers issuers, KeptStreams kept, Environment environment, Executor askers) {
        String name = entry.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(key + "name: must be given, and is made of a-z, 0-9 and hyphens");
        }
        String transmitter = entry.transmitter();
        if (transmitter == null || !issuers.knows(transmitter)) {
            throw new IllegalArgumentException(
                    key + "transmitter: must be an issuer that signalbox.trust names, character for character");
        }
        Delivery delivery = delivery(key, entry.delivery());
        if (delivery.attested() != issuers.attested(transmitter)) {
            throw new IllegalArgumentException(key + "transmitter: "
                    + (delivery.attested()
                            ? "a source with delivery " + delivery.word()
                                    + " signs nothing, so its issuer must have attested: true in signalbox.trust"
                            : "the issuer has attested: true in signalbox.trust, so it sends no SETs of its own"));
        }
        if (entry.audience() != null && entry.audience().isBlank()) {
            throw new IllegalArgumentException(key + "audience: must not be blank");
        }
        if (entry.maxSilence() != null && entry.maxSilence().compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException(key + "max-silence: must be at least 1 minute");
        }
        Secret authorization = Secret.of(
                key + "authorization-header",
                entry.authorizationHeaderFile(),
                entry.authorizationHeaderEnv(),
                environment);
        if (delivery == Delivery.LOGOUT && authorization != null) {
            throw new IllegalArgumentException(authorization.key()
                    + ": no provider sends one with a logout token, which is believed for its signature");
        }
        if (delivery.asks() && authorization != null) {
            throw new IllegalArgumentException(authorization.key()
                    + ": is what a transmitter that pushes must send; what we send is " + key
                    + "poll-authorization-file");
        }
        ClientCertificate certificate = ClientCertificate.of(key, entry, askers);
        if (certificate != null && delivery != Delivery.PUSH && delivery != Delivery.LOGOUT) {
            throw new IllegalArgumentException(
                    key + "client-certificate-authorities-file: makes no sense with delivery " + delivery.word()
                            + "; a certificate is asked for with push and logout");
        }
        if (!delivery.asks() && entry.mustBeUp() && entry.maxSilence() == null) {
            throw new IllegalArgumentException(
                    key + "must-be-up: nothing tells that a transmitter which pushes is down but its silence; say in "
                            + key + "max-silence how long that may last");
        }
        return new Source(
                name,
                transmitter,
                delivery,
                entry.audience(),
                authorization,
                certificate,
                entry.mustBeUp(),
                entry.maxSilence(),
                polling(key, entry, delivery, kept.keeps(name), environment),
                webhook(key, entry, delivery, authorization != null, environment));
    }

    private static @Nullable Webhook webhook(
            String key, Entry entry, Delivery delivery, boolean authorized, Environment environment) {
        Secret hmac = Secret.of(key + "hmac-secret", entry.hmacSecretFile(), entry.hmacSecretEnv(), environment);
        Secret state = Secret.of(key + "client-state", entry.clientStateFile(), entry.clientStateEnv(), environment);
        String mapping = entry.mapping();
        if (delivery != Delivery.WEBHOOK) {
            if (mapping != null || hmac != null || state != null) {
                throw new IllegalArgumentException((mapping != null ? key + "mapping" : key + "hmac-secret")
                        + ": makes no sense with delivery " + delivery.word());
            }
            return null;
        }
        if (mapping == null || !NAME.matcher(mapping).matches()) {
            throw new IllegalArgumentException(key + "mapping: must name a folder in routes/ingest, such as generic");
        }
        if (!authorized && hmac == null && state == null) {
            throw new IllegalArgumentException(key + "hmac-secret-file: nothing shows who sends these webhooks; give"
                    + " this, or authorization-header-file, or client-state-file");
        }
        between(key + "hmac-tolerance", entry.hmacTolerance(), Duration.ofSeconds(1), Duration.ofHours(1));
        between(key + "max-body-size", entry.maxBodySize(), DataSize.ofKilobytes(1), DataSize.ofMegabytes(1));
        return new Webhook(mapping, hmac, entry.hmacTolerance(), state, (int)
                entry.maxBodySize().toBytes());
    }

    private static Delivery delivery(String key, @Nullable String word) {
        for (Delivery delivery : Delivery.values()) {
            if (delivery.word().equals(word)) {
                return delivery;
            }
        }
        throw new IllegalArgumentException(key + "delivery: must be push, poll, logout, webhook or scim-watch");
    }

    private static @Nullable Polling polling(
            String key, Entry entry, Delivery delivery, boolean kept, Environment environment) {
        Secret authorization = Secret.of(
                key + "poll-authorization", entry.pollAuthorizationFile(), entry.pollAuthorizationEnv(), environment);
        if (!delivery.asks()) {
            if (entry.pollUri() != null || authorization != null) {
                throw new IllegalArgumentException(
                        (entry.pollUri() == null && authorization != null ? authorization.key() : key + "poll-uri")
                                + ": makes no sense with delivery " + delivery.word());
            }
            return null;
        }
        if (kept && authorization != null) {
            throw new IllegalArgumentException(authorization.key()
                    + ": the source has credentials, which are used to poll as well; give one of the" + " two");
        }
        between(key + "max-events", entry.maxEvents(), 1, MOST_EVENTS);
        between(key + "poll-timeout", entry.pollTimeout(), Duration.ofSeconds(5), Duration.ofMinutes(15));
        between(key + "poll-interval", entry.pollInterval(), Duration.ofMillis(100), Duration.ofHours(1));
        between(key + "poll-longest-back-off", entry.pollLongestBackOff(), Duration.ofMillis(100), Duration.ofDays(1));
        between(key + "poll-back-off", entry.pollBackOff(), Duration.ofMillis(100), entry.pollLongestBackOff());
        between(key + "full-interval", entry.fullInterval(), Duration.ofSeconds(1), Duration.ofDays(7));
        between(key + "max-response-size", entry.maxResponseSize(), DataSize.ofKilobytes(64), DataSize.ofMegabytes(64));
        return new Polling(
                kept && entry.pollUri() == null ? null : uri(key + "poll-uri", entry.pollUri()),
                authorization,
                kept,
                entry.maxEvents(),
                entry.returnImmediately(),
                entry.pollTimeout(),
                entry.pollInterval(),
                entry.pollBackOff(),
                entry.pollLongestBackOff(),
                (int) entry.maxResponseSize().toBytes(),
                entry.fullInterval());
    }

    private static <T extends Comparable<T>> void between(String key, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(key + ": must be between " + least + " and " + most + ", is " + value);
        }
    }

    private static URI uri(String key, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(
                    key + ": must be given for a source that is polled and has no credentials");
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": is no URI", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean usable = uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null
                && (scheme.equals("https") || scheme.equals("http") && isLoopback(uri.getHost()));
        if (!usable) {
            throw new IllegalArgumentException(
                    key + ": must be an https URL without credentials or fragment, or http on loopback");
        }
        return uri;
    }

    /** By its spelling only: what a name resolves to is checked each time it is called. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /**
     * What one source asks for must not be got around at the door of another: of two that are pushed by one transmitter
     * either both ask for a header or neither does, and so with a certificate, unless each has an audience of its own.
     */
    private static void checkTogether(String key, Source source, Source earlier) {
        if (source.name().equals(earlier.name())) {
            throw new IllegalArgumentException(key + "name: an earlier source is named " + source.name() + " already");
        }
        boolean siblings = source.transmitter().equals(earlier.transmitter())
                && source.delivery() == Delivery.PUSH
                && earlier.delivery() == Delivery.PUSH;
        boolean apart = source.audience() != null
                && earlier.audience() != null
                && !source.audience().equals(earlier.audience());
        if (siblings && !apart && (source.authorization() == null) != (earlier.authorization() == null)) {
            throw new IllegalArgumentException(key + "authorization-header-file: of this transmitter's sources "
                    + earlier.name() + " and " + source.name() + " one asks for a header and one does not, so what"
                    + " the first refuses would be taken by the other; give both a header, or each an audience of"
                    + " its own");
        }
        if (siblings && !apart && (source.certificate() == null) != (earlier.certificate() == null)) {
            throw new IllegalArgumentException(key
                    + "client-certificate-authorities-file: of this transmitter's sources "
                    + earlier.name() + " and " + source.name() + " one asks for a certificate and one does not, so what"
                    + " the first refuses would be taken by the other; give both one, or each an audience of its own");
        }
    }

    private static void checkHost(String key, Source source, List<Source> earlier) {
        long before = earlier.stream()
                .filter(other -> source.polling() != null && other.polling() != null)
                .filter(other -> host(source).equals(host(other)))
                .count();
        if (before >= MOST_AT_ONE_HOST) {
            throw new IllegalArgumentException(key + "poll-uri: " + before
                    + " earlier sources are polled at this host already, and that is the most");
        }
    }

    private static String host(Source source) {
        if (source.polling() == null) {
            return "";
        }
        URI uri = source.polling().uri();
        // Where the transmitter is asked, it is as good as certain that it names its own host.
        return String.valueOf((uri == null ? URI.create(source.transmitter()) : uri).getHost())
                .toLowerCase(Locale.ROOT);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
