package io.signalbox.verify;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.Entrance;
import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.Sets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A verify stage that trusts whom a test says, with the real guarded client and a clock of its own. */
final class Bench implements AutoCloseable {

    static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    static final List<String> DEFAULT_ALGORITHMS = List.of("RS256", "ES256", "PS256");

    /** Ours, for SETs that are encrypted. */
    static final EncryptionKeys OURS = EncryptionKeys.generated();

    final MovableClock clock;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VerifySet step;

    private Bench(List<TrustProperties.Entry> trust, GuardedHttp http, CryptoProvider crypto, Instant start) {
        clock = new MovableClock(start);
        VerifyProperties properties =
                new VerifyProperties(Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofHours(24), null);
        step = new VerifySet(new TrustProperties(trust), properties, http, crypto, OURS, clock, meters);
    }

    static Bench trusting(GuardedHttp http, CryptoProvider crypto, FakeTransmitter... transmitters) {
        List<TrustProperties.Entry> trust = new ArrayList<>();
        for (FakeTransmitter transmitter : transmitters) {
            trust.add(entry(transmitter.issuer(), transmitter, DEFAULT_ALGORITHMS, Sets.AUDIENCE));
        }
        return new Bench(trust, http, crypto, START);
    }

    static Bench trusting(GuardedHttp http, CryptoProvider crypto, Instant start, TrustProperties.Entry... trust) {
        return new Bench(List.of(trust), http, crypto, start);
    }

    static TrustProperties.Entry entry(
            String issuer, FakeTransmitter keys, List<String> algorithms, String... audiences) {
        return entry(Map.of(
                "issuer", issuer,
                "jwks-uri", keys.jwksUri().toString(),
                "algorithms", String.join(",", algorithms),
                "audiences", String.join(",", audiences)));
    }

    /** What an operator would write about a transmitter, with these keys besides or instead; an empty value is none. */
    static TrustProperties.Entry entry(FakeTransmitter transmitter, Map<String, String> keys) {
        Map<String, String> all = new HashMap<>(Map.of(
                "issuer", transmitter.issuer(),
                "jwks-uri", transmitter.jwksUri().toString(),
                "audiences", Sets.AUDIENCE));
        all.putAll(keys);
        all.values().removeIf(String::isEmpty);
        return entry(all);
    }

    private static TrustProperties.Entry entry(Map<String, String> keys) {
        Map<String, String> properties = new HashMap<>();
        keys.forEach((key, value) -> properties.put("signalbox.trust[0]." + key, value));
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("signalbox", TrustProperties.class)
                .get()
                .trust()
                .get(0);
    }

    Verdict verify(Sets set) {
        return verify(set.compact());
    }

    Verdict verify(String compact) {
        return step.verify(new RawSet(compact, clock.instant()));
    }

    Verdict verify(String compact, Entrance door) {
        return step.verify(new RawSet(compact, clock.instant(), door));
    }

    double counted(String verdict, String code) {
        return meters.counter("signalbox.sets", "verdict", verdict, "code", code)
                .count();
    }

    @Override
    public void close() {
        step.close();
    }
}
