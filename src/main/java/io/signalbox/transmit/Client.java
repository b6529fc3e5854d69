package io.signalbox.transmit;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPattern;
import io.signalbox.event.EventType;
import io.signalbox.set.SubjectPattern;
import io.signalbox.transmit.TransmitterProperties.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Somebody who may have streams of us, and what they may hold. */
public final class Client {

    static final String READ = "ssf.read";
    static final String MANAGE = "ssf.manage";
    static final String POLL = "ssf.manage.poll";

    private static final Set<String> SCOPES = Set.of(READ, MANAGE, POLL);
    private static final Set<String> ALGORITHMS = Set.of("RS256", "PS256", "ES256", "EdDSA");
    private static final int MOST_STREAMS = 10_000;
    private static final Duration LONGEST_GRACE = Duration.ofDays(30);

    /** Families that are not told on: events about a stream are its own, and of logout tokens a CAEP event is made. */
    private static final Set<String> NEVER_OFFERED = Set.of("ssf", "sse", "logout");

    private final String id;
    private final Tenant tenant;
    private final @Nullable String authorizationServer;
    private final @Nullable Reference secret;
    private final @Nullable Reference token;
    private final @Nullable Path keysFile;
    private final Set<String> scopes;
    private final List<String> audience;
    private final int streams;
    private final List<String> supported;
    private final List<SubjectPattern> subjects;
    private final boolean allByDefault;
    private final Set<String> claims;
    private final SubjectForm subjectForm;
    private final boolean tellOrigin;
    private final String algorithm;
    private final boolean tellActions;
    private final Duration removalGrace;

    /**
     * @param tenant that it receives from
     * @throws IllegalArgumentException naming the key of what is missing or wrong
     */
    Client(String key, Entry entry, Tenant tenant, Environment environment) {
        this.tenant = tenant;
        this.authorizationServer = entry.authorizationServer();
        this.id = need(key + "id", entry.id());
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9 ._~:/@-]{0,199}")) {
            throw new IllegalArgumentException(key + "id must be 1 to 200 of letters, digits, space and ._~:/@-");
        }
        this.secret = Reference.of(key + "secret", entry.secretFile(), entry.secretEnv(), environment);
        this.token = Reference.of(key + "token", entry.tokenFile(), entry.tokenEnv(), environment);
        this.keysFile = entry.keysFile();
        if (keysFile != null) {
            ClientAssertion.check(key + "keys-file", keysFile);
        }
        if (secret == null && token == null && keysFile == null && authorizationServer == null) {
            throw new IllegalArgumentException(key + "secret-file is missing: nobody could come as " + id
                    + " without a secret, keys (keys-file), a token (token-file) or tokens of another server"
                    + " (authorization-server)");
        }
        this.scopes = Set.copyOf(entry.scopes());
        if (scopes.isEmpty() || !SCOPES.containsAll(scopes)) {
            throw new IllegalArgumentException(key + "scopes must be some of ssf.read, ssf.manage and ssf.manage.poll");
        }
        this.audience = entry.audience().isEmpty() ? List.of(id) : List.copyOf(entry.audience());
        if (audience.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(key + "audience has an empty name");
        }
        this.streams = entry.streams();
        if (streams < 1 || streams > MOST_STREAMS) {
            throw new IllegalArgumentException(key + "streams must be 1 to " + MOST_STREAMS);
        }
        this.supported = supported(key + "events", entry.events());
        if (entry.subjects().isEmpty()) {
            throw new IllegalArgumentException(key
                    + "subjects is missing: it says about whom this client may be told, such as"
                    + " email:*@acme.example; \"*\" for anybody");
        }
        this.subjects = entry.subjects().stream()
                .map(text -> parsed(key + "subjects", text))
                .toList();
        if (!Set.of("ALL", "NONE").contains(entry.defaultSubjects())) {
            throw new IllegalArgumentException(key + "default-subjects must be ALL or NONE");
        }
        this.allByDefault = entry.defaultSubjects().equals("ALL");
        this.claims = Set.copyOf(entry.claims());
        this.subjectForm = SubjectForm.named(entry.subjectFormat())
                .orElseThrow(() -> new IllegalArgumentException(
                        key + "subject-format must be one of " + String.join(", ", SubjectForm.names())));
        this.tellOrigin = entry.tellOrigin();
        this.algorithm = entry.algorithm();
        if (!ALGORITHMS.contains(algorithm)) {
            throw new IllegalArgumentException(key + "algorithm must be one of RS256, PS256, ES256, EdDSA");
        }
        this.tellActions = entry.tellActions();
        this.removalGrace = entry.removalGrace();
        if (removalGrace.isNegative() || removalGrace.compareTo(LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException(key + "removal-grace must be 0 seconds to 30 days");
        }
    }

    private static String need(String key, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value.strip();
    }

    static SubjectPattern parsed(String key, String text) {
        try {
            return SubjectPattern.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage());
        }
    }

    private static List<String> supported(String key, List<String> texts) {
        Set<String> uris = new LinkedHashSet<>();
        for (String text : texts) {
            EventPattern pattern;
            try {
                pattern = EventPattern.parse(text.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + ": " + e.getMessage());
            }
            EventCatalog.types().stream()
                    .filter(type -> !NEVER_OFFERED.contains(type.family()) && pattern.matches(type.uri()))
                    .map(EventType::uri)
                    .forEach(uris::add);
        }
        if (uris.isEmpty()) {
            throw new IllegalArgumentException(key + " names no event type that can be told");
        }
        return List.copyOf(uris);
    }

    /** Its name at our token endpoint. */
    public String id() {
        return id;
    }

    /** Who we are to it. */
    public Tenant tenant() {
        return tenant;
    }

    /** Name of the server whose tokens let it in; absent if only ours do. */
    @Nullable
    String authorizationServer() {
        return authorizationServer;
    }

    /** How its SETs are signed. */
    public String algorithm() {
        return algorithm;
    }

    @Nullable
    Reference secret() {
        return secret;
    }

    @Nullable
    Reference token() {
        return token;
    }

    @Nullable
    Path keysFile() {
        return keysFile;
    }

    Set<String> scopes() {
        return scopes;
    }

    List<String> audience() {
        return audience;
    }

    int streams() {
        return streams;
    }

    /** URIs of the event types that it may be told. */
    List<String> supported() {
        return supported;
    }

    List<SubjectPattern> subjects() {
        return subjects;
    }

    boolean allByDefault() {
        return allByDefault;
    }

    Set<String> claims() {
        return claims;
    }

    SubjectForm subjectForm() {
        return subjectForm;
    }

    boolean tellOrigin() {
        return tellOrigin;
    }

    /** Whether it is told what targets did for us. */
    boolean tellActions() {
        return tellActions;
    }

    Duration removalGrace() {
        return removalGrace;
    }

    /** Secrets belong in no log. */
    @Override
    public String toString() {
        return "Client[" + id + "]";
    }
}
