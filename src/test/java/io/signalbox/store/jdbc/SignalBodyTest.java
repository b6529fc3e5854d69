package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.ISSUER;
import static io.signalbox.testing.Recorded.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.signalbox.event.CaepEvent;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.normalize.NormalizeSet;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.Catalogue;
import io.signalbox.testing.Recorded;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the ledger keeps of a signal is less than the signal, and gives all of it back. */
class SignalBodyTest {

    private static final String KNOWN = "https://schemas.openid.net/secevent/caep/event-type/risk-level-change";
    private static final String UNKNOWN = "https://vendor.example/event/colour-change";
    private static final Map<String, Object> RISK = Map.of("principal", "USER", "current_level", "HIGH");
    private static final SubjectIdentifier ALICE =
            new SubjectIdentifier("email", Map.of("email", "alice@acme.example"));

    @TestFactory
    Stream<DynamicTest> givesTheSameSignalBack() {
        Map<String, Map<String, Object>> risk = Map.of(KNOWN, RISK);
        Map<String, Map<String, Object>> odd = Map.of(KNOWN, Map.of("principal", 7));
        EventPayload known = ((EventCatalog.Reading.Read) EventCatalog.read(KNOWN, RISK)).payload();
        assertThat(known).isInstanceOf(CaepEvent.class);
        return Stream.of(
                        Map.entry("as the token says it", signal(risk, token(risk), known)),
                        Map.entry(
                                "a type nobody knows",
                                signal(
                                        Map.of(UNKNOWN, RISK),
                                        token(Map.of(UNKNOWN, RISK)),
                                        new UnknownEvent(UNKNOWN, RISK))),
                        Map.entry(
                                "a known type that cannot be read",
                                signal(odd, token(odd), new UnknownEvent(KNOWN, Map.of("principal", 7)))),
                        Map.entry(
                                "an event that goes by another name in the token",
                                signal(Map.of(UNKNOWN, RISK), token(Map.of(UNKNOWN, RISK)), known)),
                        Map.entry("claims that differ from the token", signal(risk, token(odd), known)),
                        Map.entry("no token that can be read", signal(risk, "no.token", known)),
                        Map.entry("parts that are no JSON", signal(risk, "a.!.c", known)))
                .map(entry -> dynamicTest(
                        entry.getKey(), () -> assertThat(SignalBody.read(SignalBody.write(entry.getValue())))
                                .isEqualTo(entry.getValue())));
    }

    /** Of each type, under each of its URIs. */
    @TestFactory
    Stream<DynamicTest> givesEveryExampleOfTheCatalogueBack() {
        return Catalogue.entries().stream().flatMap(entry -> Stream.concat(
                        Stream.of(entry.uri()), entry.aliasUris().stream())
                .map(uri -> dynamicTest(uri, () -> {
                    Map<String, Map<String, Object>> events = Map.of(uri, entry.payload());
                    Signal signal = new NormalizeSet().normalize(set(events, token(events)));

                    assertThat(signal.events())
                            .filteredOn(event -> event.derivedFrom() == null)
                            .extracting(event -> event.payload().alias())
                            .containsExactly(entry.alias());
                    assertThat(SignalBody.read(SignalBody.write(signal))).isEqualTo(signal);
                })));
    }

    @Test
    void keepsWhatASignalCountsFor() {
        Map<String, Map<String, Object>> risk = Map.of(KNOWN, RISK);
        EventPayload known = ((EventCatalog.Reading.Read) EventCatalog.read(KNOWN, RISK)).payload();
        Signal plain = signal(risk, token(risk), known);
        Standing advisory = new Standing(Standing.Word.ADVISORY, "Trusted as an adviser only");
        Signal advised = Recorded.standing(plain, advisory);

        assertThat(SignalBody.read(SignalBody.write(advised)).set().standing()).isEqualTo(advisory);
        // Written by a release that knew of no standing.
        assertThat(SignalBody.write(plain)).doesNotContain("standing");
        assertThat(SignalBody.read(SignalBody.write(plain)).set().standing()).isEqualTo(Standing.ENTITLED);
    }

    @Test
    void keepsTheEventsOnce() {
        Map<String, Map<String, Object>> risk = Map.of(KNOWN, RISK);
        EventPayload known = ((EventCatalog.Reading.Read) EventCatalog.read(KNOWN, RISK)).payload();

        assertThat(SignalBody.write(signal(risk, token(risk), known))).doesNotContain("current_level");
    }

    private static String token(Map<String, Map<String, Object>> events) {
        byte[] claims =
                Wire.write(Map.of("iss", ISSUER, "jti", "j", "events", events)).getBytes(StandardCharsets.UTF_8);
        return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims) + ".c2ln";
    }

    private static VerifiedSet set(Map<String, Map<String, Object>> events, String compact) {
        return new VerifiedSet(
                ISSUER, "j", NOON, List.of("https://signals.example.com"), null, NOON, ALICE, events, compact, NOON);
    }

    private static Signal signal(Map<String, Map<String, Object>> events, String compact, EventPayload payload) {
        VerifiedSet set = set(events, compact);
        return new Signal(
                set, List.of(new SecurityEvent(set.id(), ISSUER, null, ALICE, payload, NOON.minusSeconds(3), NOON)));
    }
}
