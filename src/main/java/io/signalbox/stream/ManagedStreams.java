package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The sources that we keep at their transmitters, as configured, checked. */
public final class ManagedStreams {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

    private final List<Managed> streams;

    private ManagedStreams(List<Managed> streams) {
        this.streams = List.copyOf(streams);
    }

    /**
     * One of them.
     *
     * @param wanted how it is meant to be
     * @param authorization who we are to its transmitter
     * @param verifyEvery how often it is verified; zero for never
     * @param verifyWithin how long a verification may take
     */
    public record Managed(
            DesiredStream wanted, Authorization authorization, Duration verifyEvery, Duration verifyWithin) {

        /**
         * A client of its transmitter, which is asked what it offers.
         *
         * @return why there is none, if its metadata cannot be had
         */
        public Answer<StreamClient> client(GuardedHttp http) {
            Answer<TransmitterMetadata> metadata =
                    new TransmitterDiscovery(http).discover(wanted.issuer(), wanted.wellKnown());
            if (metadata.value().isEmpty()) {
                return metadata.undone();
            }
            return new Answer.Done<>(new StreamClient(http, metadata.value().get(), authorization, deviation -> {}));
        }
    }

    /**
     * Those that an environment configures.
     *
     * @throws IllegalArgumentException naming the key, if a value is none
     */
    public static ManagedStreams configured(Environment environment, GuardedHttp http, Clock clock) {
        StreamProperties properties = Binder.get(environment).bindOrCreate("signalbox", StreamProperties.class);
        return of(properties, environment::getProperty, http, clock);
    }

    static ManagedStreams of(
            StreamProperties properties,
            Function<String, @Nullable String> environment,
            GuardedHttp http,
            Clock clock) {
        List<Managed> streams = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < properties.sources().size(); i++) {
            StreamProperties.Entry entry = properties.sources().get(i);
            if (entry.credentials() != null) {
                String prefix = "signalbox.sources[" + i + "].";
                Managed managed = managed(prefix, entry, entry.credentials(), environment, http, clock);
                if (!seen.add(managed.wanted().source())) {
                    throw new IllegalArgumentException(prefix + "name is an earlier source's already");
                }
                streams.add(managed);
            }
        }
        return new ManagedStreams(streams);
    }

    private static Managed managed(
            String prefix,
            StreamProperties.Entry entry,
            StreamCredentials credentials,
            Function<String, @Nullable String> environment,
            GuardedHttp http,
            Clock clock) {
        String name = given(prefix, "name", entry.name());
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(prefix + "name must be made of a-z, 0-9 and hyphens");
        }
        String issuer = given(prefix, "transmitter", entry.transmitter());
        DeliveryMethod delivery =
                word(prefix + "delivery", DeliveryMethod.values(), given(prefix, "delivery", entry.delivery()));
        String header = StreamCredentials.secret(
                member -> prefix + member,
                environment,
                "authorization-header",
                entry.authorizationHeaderFile(),
                entry.authorizationHeaderEnv());
        if (delivery == DeliveryMethod.POLL && (header != null || entry.endpointUrl() != null)) {
            throw new IllegalArgumentException(prefix + (header == null ? "endpoint-url" : "authorization-header-file")
                    + " is for delivery by push");
        }
        DesiredStream wanted = new DesiredStream(
                name,
                issuer,
                word(prefix + "well-known", WellKnown.values(), entry.wellKnown()),
                entry.streamId(),
                delivery,
                delivery == DeliveryMethod.POLL ? null : endpoint(prefix, entry),
                header,
                events(prefix, entry),
                entry.description() == null || entry.description().isBlank()
                        ? "Signalbox source " + name
                        : entry.description());
        return new Managed(
                wanted,
                credentials.open(member -> prefix + "credentials." + member, environment, http, clock),
                atLeast(prefix + "verify-every", entry.verifyEvery(), Duration.ofMinutes(1), true),
                atLeast(prefix + "verify-within", entry.verifyWithin(), Duration.ofSeconds(10), false));
    }

    private static String given(String prefix, String member, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(prefix + member + " is missing");
        }
        return value;
    }

    private static List<String> events(String prefix, StreamProperties.Entry entry) {
        if (entry.events().isEmpty()) {
            throw new IllegalArgumentException(prefix + "events must name at least one event type");
        }
        try {
            return entry.events().stream().map(EventNames::uri).distinct().toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(prefix + "events: " + e.getMessage());
        }
    }

    private static URI endpoint(String prefix, StreamProperties.Entry entry) {
        String key = prefix + "endpoint-url";
        try {
            URI uri = URI.create(given(prefix, "endpoint-url", entry.endpointUrl()));
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (uri.getHost() != null && web) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            if (String.valueOf(e.getMessage()).startsWith(key)) {
                throw e;
            }
        }
        throw new IllegalArgumentException(key + " is no https URL");
    }

    private static Duration atLeast(String key, Duration value, Duration least, boolean orZero) {
        if (value.compareTo(least) < 0 && !(orZero && value.isZero())) {
            throw new IllegalArgumentException(key + " must be at least " + least + (orZero ? ", or 0 for never" : ""));
        }
        return value;
    }

    private static <E extends Enum<E>> E word(String key, E[] words, String word) {
        return Arrays.stream(words)
                .filter(value -> value.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " must be one of "
                        + String.join(
                                ", ",
                                Arrays.stream(words)
                                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                                        .toList())));
    }

    /** Descriptions of the other streams that are kept at the same transmitter. */
    public Set<String> othersThan(Managed stream) {
        return streams.stream()
                .map(Managed::wanted)
                .filter(other -> !other.source().equals(stream.wanted().source()))
                .filter(other -> other.issuer().equals(stream.wanted().issuer()))
                .map(DesiredStream::description)
                .filter(description -> !description.equals(stream.wanted().description()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** In the order of the configuration. */
    public List<Managed> all() {
        return streams;
    }

    public Optional<Managed> named(String source) {
        return streams.stream()
                .filter(stream -> stream.wanted().source().equals(source))
                .findFirst();
    }
}
