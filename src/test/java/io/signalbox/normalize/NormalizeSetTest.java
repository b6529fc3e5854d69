package io.signalbox.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.CaepEvent.CredentialChange;
import io.signalbox.event.CaepEvent.SessionRevoked;
import io.signalbox.event.CaepEvent.TokenClaimsChange;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NormalizeSetTest {

    private static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
    private static final Instant ISSUED = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant HAPPENED = Instant.parse("2026-11-22T09:00:00Z");
    private static final SubjectIdentifier ADA = new SubjectIdentifier("email", Map.of("email", "ada@acme.example"));

    private final NormalizeSet normalizeSet = new NormalizeSet();

    @Test
    void takesIssuerSubjectAndReceiptFromTheSet() {
        VerifiedSet set = set(null, Map.of(CAEP + "session-revoked", Map.of()));

        Signal signal = normalizeSet.normalize(set);

        assertThat(signal.set()).isSameAs(set);
        assertThat(signal.events()).singleElement().satisfies(event -> {
            assertThat(event.signalId()).isEqualTo(set.id());
            assertThat(event.issuer()).isEqualTo("https://idp.acme.example");
            assertThat(event.txn()).isEqualTo("txn-1");
            assertThat(event.subject()).isEqualTo(ADA);
            assertThat(event.receivedAt()).isEqualTo(set.receivedAt());
            assertThat(event.payload()).isInstanceOf(SessionRevoked.class);
        });
    }

    @Test
    void believesTheEventsOwnTimeFirst() {
        Map<String, Object> payload = Map.of("event_timestamp", HAPPENED.getEpochSecond());

        assertThat(only(set(ISSUED.minusSeconds(5), Map.of(CAEP + "session-revoked", payload)))
                        .occurredAt())
                .isEqualTo(HAPPENED);
    }

    @Test
    void believesTheTokensTimeOfEventWhereTheEventHasNone() {
        assertThat(only(set(HAPPENED, Map.of(CAEP + "session-revoked", Map.of())))
                        .occurredAt())
                .isEqualTo(HAPPENED);
    }

    @Test
    void takesTheTimeOfIssueWhereNobodySaysWhen() {
        assertThat(only(set(null, Map.of("https://vendor.example/x", Map.of()))).occurredAt())
                .isEqualTo(ISSUED);
    }

    /** */
    @Test
    void foldsAnAliasIntoTheTypeThatItNames() {
        Map<String, Map<String, Object>> events = new LinkedHashMap<>();
        events.put(CAEP + "token-claims-changed", Map.of("claims", Map.of("role", "legacy")));
        events.put(CAEP + "session-revoked", Map.of());
        events.put(CAEP + "token-claims-change", Map.of("claims", Map.of("role", "specified")));

        Signal signal = normalizeSet.normalize(set(null, events));

        assertThat(signal.events())
                .extracting(event -> event.payload().alias())
                .containsExactly("caep/token-claims-change", "caep/session-revoked");
        assertThat(((TokenClaimsChange) signal.events().get(0).payload()).claims())
                .containsEntry("role", "specified");
    }

    /** the other place of the subject is kept as it came. */
    @Test
    void keepsASubjectInsideTheEvent() {
        Map<String, Object> inside = Map.of("format", "email", "email", "ada@acme.example");

        assertThat(only(set(null, Map.of(CAEP + "session-revoked", Map.of("subject", inside))))
                        .payload()
                        .toJson())
                .containsEntry("subject", inside);
    }

    @Test
    void keepsWhatItCannotReadAsAnUnknownEvent() {
        Map<String, Object> payload = Map.of("credential_type", "password", "change_type", "forgotten");

        assertThat(only(set(null, Map.of(CAEP + "credential-change", payload))).payload())
                .isNotInstanceOf(CredentialChange.class)
                .isEqualTo(new UnknownEvent(CAEP + "credential-change", payload));
    }

    @Test
    void makesSignalsThatCrossAQueueUnchanged() {
        Map<String, Map<String, Object>> events = new LinkedHashMap<>();
        events.put(CAEP + "session-revoked", Map.of("event_timestamp", 1795599990.5, "kc_client", "crm"));
        events.put("https://vendor.example/x", Map.of("a", List.of(1, 2)));
        Signal signal = normalizeSet.normalize(set(HAPPENED, events));

        assertThat(Wire.read(Wire.write(signal), Signal.class)).isEqualTo(signal);
    }

    private SecurityEvent only(VerifiedSet set) {
        List<SecurityEvent> events = normalizeSet.normalize(set).events();
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static VerifiedSet set(@Nullable Instant toe, Map<String, Map<String, Object>> events) {
        return new VerifiedSet(
                "https://idp.acme.example",
                "jti-1",
                ISSUED,
                List.of("https://signals.acme.example"),
                "txn-1",
                toe,
                ADA,
                events,
                "header.payload.signature",
                ISSUED.plusSeconds(2));
    }
}
