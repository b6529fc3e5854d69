package io.signalbox.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.CaepEvent.AssuranceLevelChange;
import io.signalbox.event.CaepEvent.RiskLevelChange;
import io.signalbox.event.CaepEvent.SessionRevoked;
import io.signalbox.event.CaepEvent.TokenClaimsChange;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventCatalogTest {

    private static final String CAEP = "https://schemas.openid.net/secevent/caep/event-type/";

    static Stream<EventType> everyTypeOfCaep() {
        return EventCatalog.types().stream().filter(type -> type.family().equals("caep"));
    }

    @Test
    void knowsEveryRecordUnderAUriAndAnAliasOfItsOwn() {
        assertThat(EventCatalog.types()).hasSameSizeAs(records(KnownEvent.class));
        assertThat(EventCatalog.types()).extracting(EventType::uri).doesNotHaveDuplicates();
        assertThat(EventCatalog.types()).extracting(EventType::alias).doesNotHaveDuplicates();
    }

    private static List<Class<?>> records(Class<?> family) {
        return Stream.<Class<?>>of(family.getPermittedSubclasses())
                .flatMap(each -> each.isSealed() ? records(each).stream() : Stream.of(each))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("everyTypeOfCaep")
    void writesWhatItReadWithoutLoss(EventType type) {
        Map<String, Object> payload = fixture(type);

        EventPayload event = read(type.uri(), payload);

        assertThat(event.uri()).isEqualTo(type.uri());
        assertThat(event.alias()).isEqualTo(type.alias());
        assertThat(Wire.readObject(Wire.write(event.toJson()))).isEqualTo(payload);
        assertThat(Wire.read(Wire.write(new Kept(event)), Kept.class).event()).isEqualTo(event);
    }

    private record Kept(EventPayload event) {}

    @Test
    void eachRecordHasAFixtureThatReadsAsThatRecord() {
        List<Class<?>> read = everyTypeOfCaep()
                .<Class<?>>map(type -> read(type.uri(), fixture(type)).getClass())
                .toList();

        assertThat(read).containsExactlyInAnyOrder(CaepEvent.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("everyTypeOfCaep")
    void printsNoPayload(EventType type) {
        EventPayload event = read(type.uri(), fixture(type));

        assertThat(event.toString()).isEqualTo(type.alias());
    }

    /** the value stands as JSON; an empty cell takes the claim away. */
    @ParameterizedTest(name = "{0} {1} = {2}")
    @CsvSource(delimiter = '|', textBlock = """
            session-revoked          | event_timestamp   | "1795599990"    | must be a number of seconds
            session-revoked          | event_timestamp   | -1              | must be a number of seconds
            session-revoked          | event_timestamp   | 1e300           | must be a number of seconds
            session-revoked          | event_timestamp   | 1e99999999      | must be a number of seconds
            session-revoked          | initiating_entity | "somebody"      | must be one of admin, user, policy, system
            session-revoked          | initiating_entity | "ADMIN"         | must be one of admin, user, policy, system
            session-revoked          | initiating_entity | 1               | must be one of admin, user, policy, system
            session-revoked          | reason_admin      | {}              | with at least one member
            session-revoked          | reason_admin      | {"en": 1}       | must be an object of language tag to string
            session-revoked          | reason_user       | ["secret"]      | must be an object of language tag to string
            token-claims-change      | claims            |                 | is required
            token-claims-change      | claims            | {}              | with at least one member
            token-claims-change      | claims            | ["secret"]      | must be an object
            credential-change        | credential_type   |                 | is required
            credential-change        | credential_type   | ""              | must be a non-empty string
            credential-change        | credential_type   | 7               | must be a string
            credential-change        | change_type       |                 | is required
            credential-change        | change_type       | null            | is required
            credential-change        | change_type       | "secret"        | must be one of create, revoke, update, delete
            credential-change        | friendly_name     | {}              | must be a string
            credential-change        | x509_issuer       | 1               | must be a string
            credential-change        | x509_serial       | 1               | must be a string
            credential-change        | fido2_aaguid      | true            | must be a string
            assurance-level-change   | namespace         | []              | must be a string
            assurance-level-change   | current_level     |                 | is required
            assurance-level-change   | current_level     | 2               | must be a string
            assurance-level-change   | previous_level    | 1               | must be a string
            assurance-level-change   | change_direction  | "sideways"      | must be one of increase, decrease
            device-compliance-change | previous_status   |                 | is required
            device-compliance-change | previous_status   | "not_compliant" | must be one of compliant, not-compliant
            device-compliance-change | current_status    |                 | is required
            device-compliance-change | current_status    | false           | must be one of compliant, not-compliant
            session-established      | fp_ua             | 1               | must be a string
            session-established      | acr               | 2               | must be a string
            session-established      | amr               | "pwd"           | must be an array of strings
            session-established      | amr               | ["pwd", 1]      | must be an array of strings
            session-established      | ext_id            | {}              | must be a string
            session-presented        | fp_ua             | 1               | must be a string
            session-presented        | ext_id            | []              | must be a string
            risk-level-change        | principal         |                 | is required
            risk-level-change        | principal         | 1               | must be a string
            risk-level-change        | current_level     |                 | is required
            risk-level-change        | current_level     | "high"          | must be one of LOW, MEDIUM, HIGH
            risk-level-change        | current_level     | 3               | must be one of LOW, MEDIUM, HIGH
            risk-level-change        | previous_level    | "NONE"          | must be one of LOW, MEDIUM, HIGH
            risk-level-change        | risk_reason       | ["secret"]      | must be a string
            """)
    void saysWhatIsExpectedOfAMalformedClaimAndNeverWhatItHeld(String name, String claim, String json, String why) {
        EventType type = EventCatalog.type(CAEP + name).orElseThrow();
        Map<String, Object> payload = new LinkedHashMap<>(fixture(type));
        payload.remove(claim);
        if (json != null) {
            payload.putAll(Wire.readObject("{\"" + claim + "\": " + json + "}"));
        }

        EventCatalog.Reading reading = EventCatalog.read(type.uri(), payload);

        assertThat(reading).isInstanceOfSatisfying(EventCatalog.Reading.Malformed.class, malformed -> {
            assertThat(malformed.alias()).isEqualTo("caep/" + name);
            assertThat(malformed.claim()).isEqualTo(claim);
            assertThat(malformed.why()).contains(why).doesNotContain("secret");
        });
    }

    @Test
    void acceptsValuesOutsideTheKnownOnesOfAnOpenList() {
        RiskLevelChange event = (RiskLevelChange)
                read(CAEP + "risk-level-change", Map.of("principal", "VENDOR_THING", "current_level", "LOW"));

        assertThat(event.principal()).isEqualTo("VENDOR_THING");
        assertThat(event.previousLevel()).isNull();
    }

    /** */
    @ParameterizedTest
    @CsvSource({
        "1795599990, 2026-11-25T09:46:30Z",
        "1795599990.5, 2026-11-25T09:46:30.500Z",
        "1795599990123, 2026-11-25T09:46:30.123Z",
        "1795599990000.0, 2026-11-25T09:46:30Z",
        "100000000000, 5138-11-16T09:46:40Z",
        "'\"2026-11-25T09:46:30Z\"', 2026-11-25T09:46:30Z",
        "'\"2026-11-25T10:46:30.5+01:00\"', 2026-11-25T09:46:30.500Z",
        "0, 1970-01-01T00:00:00Z",
    })
    void readsSecondsAndRecognisesMillisecondsByTheirSize(String written, Instant expected) {
        EventPayload event = read(CAEP + "session-revoked", Wire.readObject("{\"event_timestamp\": " + written + "}"));

        assertThat(event.ownTime()).isEqualTo(expected);
    }

    /** The text of 2021 spoke of the NIST's levels alone. */
    @Test
    void namesTheVocabularyOfLevelsThatTheTextOf2021LeftOut() {
        String legacy =
                "{\"current_level\": \"nist-aal1\", \"previous_level\": \"nist-aal2\", \"change_direction\": \"decrease\"}";

        AssuranceLevelChange event =
                (AssuranceLevelChange) read(CAEP + "assurance-level-change", Wire.readObject(legacy));

        assertThat(event.namespace()).isEqualTo("NIST-AAL");
        assertThat(EventCatalog.read(CAEP + "assurance-level-change", Map.of("current_level", "high")))
                .isInstanceOfSatisfying(EventCatalog.Reading.Malformed.class, malformed -> assertThat(malformed.claim())
                        .isEqualTo("namespace"));
    }

    /** The proposal that became the type: its subject inside the event, milliseconds, addresses, no principal. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"format": "email", "email": "ada@acme.example"}                                              | USER
            {"user": {"format": "email", "email": "a@b.c"}, "device": {"format": "opaque", "id": "d-1"}}  | DEVICE
            {"format": "complex", "tenant": {"format": "opaque", "id": "t-1"}}                            | TENANT
            """)
    void readsTheProposalOfRiskLevelChange(String subject, String principal) {
        RiskLevelChange event =
                (RiskLevelChange) read(CAEP + "risk-level-change", Wire.readObject("""
                {"subject": %s, "current_level": "HIGH", "previous_level": "LOW", "ips": ["192.0.2.1"],
                 "event_timestamp": 1795599990123}""".formatted(subject)));

        assertThat(event.principal()).isEqualTo(principal);
        assertThat(event.currentLevel()).isEqualTo(RiskLevel.HIGH);
        assertThat(event.ownTime()).isEqualTo(Instant.parse("2026-11-25T09:46:30.123Z"));
        assertThat(event.others()).containsEntry("ips", List.of("192.0.2.1"));
    }

    @Test
    void writesMillisecondsAsTheSecondsThatTheTextAsksFor() {
        EventPayload event = read(CAEP + "session-revoked", Wire.readObject("{\"event_timestamp\": 1795599990123}"));

        assertThat(Wire.write(event.toJson())).isEqualTo("{\"event_timestamp\":1795599990.123}");
    }

    /** */
    @Test
    void readsAPlainReasonAsATextOfUndeterminedLanguage() {
        SessionRevoked event =
                (SessionRevoked) read(CAEP + "session-revoked", Map.of("reason_admin", "logged out elsewhere"));

        assertThat(event.common().reasonAdmin()).containsExactly(Map.entry("und", "logged out elsewhere"));
    }

    /** Keycloak 26.7 has an object where the text has a string (seen in a capture). */
    @Test
    void readsAStatusThatIsWrappedInAnObject() {
        String uri = "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";

        EventPayload event = read(
                uri,
                Map.of("status", Map.of("stream_id", "strm-1", "status", "paused", "reason", "why"), "reason", "why"));

        assertThat(event.toJson()).containsEntry("status", "paused").containsEntry("reason", "why");
    }

    @Test
    void readsTheLegacySpellingAsTheTypeItMeans() {
        EventPayload event = read(CAEP + "token-claims-changed", Map.of("claims", Map.of("role", "auditor")));

        assertThat(event).isInstanceOf(TokenClaimsChange.class);
        assertThat(event.uri()).isEqualTo(CAEP + "token-claims-change");
    }

    /** */
    @Test
    void keepsClaimsAndTypesThatItDoesNotKnow() {
        Map<String, Object> payload = Wire.readObject("{\"kc_note\": null, \"nested\": {\"a\": [1, 2.5, null]}}");

        assertThat(read(CAEP + "session-revoked", payload).toJson()).isEqualTo(payload);
        assertThat(read("https://vendor.example/badge-lost", payload))
                .isEqualTo(new UnknownEvent("https://vendor.example/badge-lost", payload));
    }

    private static EventPayload read(String uri, Map<String, Object> payload) {
        EventCatalog.Reading reading = EventCatalog.read(uri, payload);
        assertThat(reading).isInstanceOf(EventCatalog.Reading.Read.class);
        return ((EventCatalog.Reading.Read) reading).payload();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fixture(EventType type) {
        String name = "/sets/" + type.alias() + ".json";
        try (InputStream file = EventCatalogTest.class.getResourceAsStream(name)) {
            assertThat(file).as("a SET of each type, " + name).isNotNull();
            String json = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Object> events = (Map<String, Object>)
                    Objects.requireNonNull(Wire.readObject(json).get("events"));
            return (Map<String, Object>) Objects.requireNonNull(events.get(type.uri()));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }
}
