package io.signalbox.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.CaepEvent.CredentialChange;
import io.signalbox.event.CaepEvent.SessionRevoked;
import io.signalbox.event.CaepEvent.TokenClaimsChange;
import io.signalbox.event.InitiatingEntity;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void rulesForOneDialectHearOfWhatIsToldInTheOther() {
        Map<String, Object> events = Map.of("urn:ietf:params:scim:event:prov:deactivate", Map.of("version", "W/\"2\""));
        VerifiedSet set = new VerifiedSet(
                "https://idp.acme.example",
                "jti-9",
                ISSUED,
                List.of("a"),
                "txn-9",
                null,
                new SubjectIdentifier("scim", Map.of("uri", "/Users/u-1")),
                cast(events),
                "a.b.c",
                ISSUED);

        List<SecurityEvent> told = normalizeSet.normalize(set).events();

        assertThat(told)
                .extracting(event -> event.payload().alias())
                .containsExactly("scim/prov-deactivate", "risc/account-disabled");
        assertThat(told).extracting(SecurityEvent::derivedFrom).containsExactly(null, "scim/prov-deactivate");
        assertThat(told.get(1).subject()).isEqualTo(told.get(0).subject());
        assertThat(told.get(1).occurredAt()).isEqualTo(told.get(0).occurredAt());
        assertThat(told.get(1).txn()).isEqualTo("txn-9");
    }

    /** One transaction may be told by several events (M-02); the same thing happened once. */
    @Test
    void whatSeveralEventsMeanOrTheTokenSaysItselfIsNotSaidAgain() {
        Map<String, Object> patch = Map.of("data", Map.of("active", false));
        Map<String, Object> events = new LinkedHashMap<>();
        events.put("urn:ietf:params:scim:event:prov:deactivate", Map.of());
        events.put("urn:ietf:params:scim:event:prov:patch:full", patch);
        assertThat(normalizeSet.normalize(set(null, cast(events))).events()).hasSize(3);

        events.put(
                "https://schemas.openid.net/secevent/risc/event-type/account-disabled", Map.of("reason", "hijacking"));
        assertThat(normalizeSet.normalize(set(null, cast(events))).events())
                .hasSize(3)
                .allMatch(event -> event.derivedFrom() == null);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> cast(Map<String, Object> events) {
        return (Map<String, Map<String, Object>>) (Map<String, ?>) events;
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

    /** Whom it is about, where the token itself names nobody. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            https://schemas.openid.net/secevent/caep/event-type/session-revoked        | {"subject": {"user": {"format": "email", "email": "a@b.c"}}} | {"format": "complex", "user": {"format": "email", "email": "a@b.c"}}
            https://accounts.google.com/risc/event/account-disabled                    | {"subject": {"subject_type": "iss-sub", "iss": "i", "sub": "1"}} | {"format": "iss_sub", "iss": "i", "sub": "1"}
            https://schemas.openid.net/secevent/oauth/event-type/token-revoked         | {"subject": {"subject_type": "oauth_token", "token_type": "refresh_token", "token_identifier_alg": "prefix", "token": "t"}} | {"format": "oauth_token", "token_type": "refresh_token", "token_identifier_alg": "prefix", "token": "t"}
            https://schemas.openid.net/secevent/oauth/event-type/client-disabled       | {}                                                          | {"format": "oauth_client", "client_id": "https://signals.acme.example"}
            https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked        | {}                                                          |
            https://schemas.openid.net/secevent/sse/event-type/stream-updated          | {"status": "paused", "subject": {"tenant": {"format": "opaque", "id": "t"}}} | {"format": "complex", "tenant": {"format": "opaque", "id": "t"}}
            urn:ietf:params:scim:event:create                                          | {"ref": "https://scim.acme.example/v2/Users/44"}            | {"format": "scim", "uri": "/Users/44"}
            urn:ietf:params:scim:event:passwordReset                                   | {"id": "44"}                                                | {"format": "scim", "uri": "/Users/44"}
            urn:ietf:params:scim:schemas:notify:2.0:Event                              | {"type": "DEACTIVATE", "resourceUris": ["/Users/44"]}       | {"format": "scim", "uri": "/Users/44"}
            """)
    void looksForTheSubjectWhereItsDialectPutsIt(String uri, String payload, @Nullable String subject) {
        VerifiedSet set = set(null, null, Map.of(uri, Wire.readObject(payload)));

        SecurityEvent event = only(set);

        assertThat(event.subject() == null ? null : event.subject().toJson())
                .isEqualTo(subject == null ? null : Wire.readObject(subject));
    }

    @Test
    void believesTheSubjectOfTheTokenFirst() {
        Map<String, Object> inside = Map.of("subject", Map.of("format", "opaque", "id", "somebody else"));

        assertThat(only(set(null, Map.of(CAEP + "session-revoked", inside))).subject())
                .isEqualTo(ADA);
    }

    /** By whom and why, whichever family it came in. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            caep/event-type/risk-level-change    | {"principal": "USER", "current_level": "HIGH", "risk_reason": "LEAK", "initiating_entity": "policy"} | POLICY | LEAK
            caep/event-type/session-revoked      | {"initiating_entity": "admin"}   | ADMIN |
            risc/event-type/account-disabled     | {"reason": "hijacking", "initiating_entity": "system"} | SYSTEM | hijacking
            risc/event-type/account-disabled     | {"initiating_entity": "nobody"}  |       |
            oauth/event-type/tokens-revoked      | {"reason": "issuer"}             |       | issuer
            ssf/event-type/stream-updated        | {"status": "paused", "reason": "Maintenance"} | |
            """)
    void saysWhoCausedItAndWhy(String type, String payload, @Nullable InitiatingEntity entity, @Nullable String code) {
        SecurityEvent event =
                only(set(null, Map.of("https://schemas.openid.net/secevent/" + type, Wire.readObject(payload))));

        assertThat(event.initiatingEntity()).isEqualTo(entity);
        assertThat(event.reasonCode()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "de, Sitzung beendet",
        "'de-AT, en;q=0.5', Sitzung beendet",
        "'fr, en;q=0.5', Session ended",
        "fr, Session ended",
        "'not a language!', Session ended",
    })
    void tellsAReasonInTheLanguageThatFitsBest(String languages, String text) {
        Map<String, Object> reasons = new LinkedHashMap<>();
        reasons.put("de", "Sitzung beendet");
        reasons.put("en", "Session ended");

        SecurityEvent event = only(set(null, Map.of(CAEP + "session-revoked", Map.of("reason_user", reasons))));

        assertThat(event.reasonForUser(languages)).hasValue(text);
        assertThat(event.reasonForAdmin(languages)).isEmpty();
    }

    @Test
    void saysHowLongAnEventWasOnItsWay() {
        Map<String, Object> payload = Map.of("event_timestamp", HAPPENED.getEpochSecond());
        Map<String, Object> ahead =
                Map.of("event_timestamp", ISSUED.plusSeconds(900).getEpochSecond());

        assertThat(only(set(null, Map.of(CAEP + "session-revoked", payload))).delay())
                .isEqualTo(Duration.ofSeconds(3_602));
        assertThat(only(set(null, Map.of(CAEP + "session-revoked", ahead))).delay())
                .isEqualTo(Duration.ZERO);
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
        events.put(
                "https://schemas.openid.net/secevent/risc/event-type/account-disabled", Map.of("reason", "hijacking"));
        events.put("urn:ietf:params:SCIM:event:prov:deactivate", Map.of("version", "W/\"8\""));
        events.put("https://vendor.example/x", Map.of("a", List.of(1, 2)));
        Signal signal = normalizeSet.normalize(set(HAPPENED, events));

        assertThat(Wire.read(Wire.write(signal), Signal.class)).isEqualTo(signal);
    }

    private SecurityEvent only(VerifiedSet set) {
        List<SecurityEvent> events = normalizeSet.normalize(set).events().stream()
                .filter(event -> event.derivedFrom() == null)
                .toList();
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static VerifiedSet set(@Nullable Instant toe, Map<String, Map<String, Object>> events) {
        return set(ADA, toe, events);
    }

    private static VerifiedSet set(
            @Nullable SubjectIdentifier subject, @Nullable Instant toe, Map<String, Map<String, Object>> events) {
        return new VerifiedSet(
                "https://idp.acme.example",
                "jti-1",
                ISSUED,
                List.of("https://signals.acme.example"),
                "txn-1",
                toe,
                subject,
                events,
                "header.payload.signature",
                ISSUED.plusSeconds(2));
    }
}
