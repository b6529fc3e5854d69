package io.signalbox.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.EventCatalog.Reading;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.Catalogue;
import io.signalbox.wire.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks {@code events.yaml} from end to end: the code knows every type in it, and what it says of each. */
class VocabularyTest {

    private static final String NOTIFY = "urn:ietf:params:scim:schemas:notify:2.0:Event";

    static List<Catalogue.Entry> entries() {
        return Catalogue.entries();
    }

    static Stream<EventType> types() {
        return EventCatalog.types().stream();
    }

    static Stream<Arguments> claims() {
        return entries().stream().flatMap(entry -> entry.claims().stream().map(claim -> Arguments.of(entry, claim)));
    }

    @Test
    void theCatalogueIsNotEmpty() {
        assertThat(entries()).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void everyTypeIsKnownByItsUriAndItsShortName(Catalogue.Entry entry) {
        assertThat(EventCatalog.type(entry.uri())).hasValueSatisfying(type -> {
            assertThat(type.uri()).isEqualTo(entry.uri());
            assertThat(type.alias()).isEqualTo(entry.alias());
        });
    }

    @ParameterizedTest
    @MethodSource("entries")
    void everyExampleIsReadAndWrittenAgainWithoutLoss(Catalogue.Entry entry) {
        EventPayload event = read(entry.uri(), entry.payload());

        assertThat(event).isInstanceOf(KnownEvent.class);
        assertThat(event.uri()).isEqualTo(entry.uri());
        assertThat(Wire.readObject(Wire.write(event.toJson()))).isEqualTo(entry.payload());
        assertThat(Wire.read(Wire.write(new Kept(event)), Kept.class).event()).isEqualTo(event);
    }

    private record Kept(EventPayload event) {}

    @ParameterizedTest
    @MethodSource("entries")
    void everyOtherUriOfATypeArrivesAtTheSameRecord(Catalogue.Entry entry) {
        EventPayload specified = read(entry.uri(), entry.payload());

        assertThat(EventCatalog.type(entry.uri()).orElseThrow().legacyUris())
                .containsExactlyInAnyOrderElementsOf(entry.aliasUris());
        assertThat(entry.aliasUris())
                .allSatisfy(alias -> assertThat(read(alias, entry.payload())).isEqualTo(specified));
    }

    /** Of each example is known whom it is about, wherever its text puts that. */
    @ParameterizedTest
    @MethodSource("entries")
    void theSubjectOfEveryExampleIsUnderstood(Catalogue.Entry entry) {
        Map<String, Object> token = entry.example();
        String where = String.valueOf(entry.subject().get("where"));
        @Nullable
        SubjectIdentifier subject =
                switch (where) {
                    case "sub_id" -> subject(token.get("sub_id"));
                    case "sub_and_or_sid" ->
                        SubjectIdentifier.ofLogout(
                                Catalogue.text(token.get("iss")), (String) token.get("sub"), (String) token.get("sid"));
                    case "aud" -> SubjectIdentifier.ofClient(Catalogue.text(token.get("aud")));
                    default ->
                        entry.payload().get("subject") == null
                                ? null
                                : subject(entry.payload().get("subject"));
                };

        if (Boolean.TRUE.equals(entry.subject().get("required"))) {
            assertThat(subject).isNotNull();
        }
        if (subject != null) {
            assertThat(subject.flaw()).isEmpty();
            assertThat(subject.sameAs(subject.canonical())).isTrue();
        }
    }

    /** A type may also mend what an earlier text left out: then the claim is there when it is written again. */
    @ParameterizedTest
    @MethodSource("claims")
    void aMissingClaimIsNamedIfTheTextDemandsIt(Catalogue.Entry entry, Catalogue.Claim claim) {
        Map<String, Object> payload = new LinkedHashMap<>(entry.payload());
        payload.remove(claim.name());

        Reading reading = EventCatalog.read(entry.uri(), payload);

        if (reading instanceof Reading.Malformed malformed) {
            assertThat(malformed.claim()).isEqualTo(claim.name());
            assertThat(claim.required()).isTrue();
        } else if (claim.required()) {
            assertThat(((Reading.Read) reading).payload().toJson()).containsKey(claim.name());
        }
    }

    /** */
    @ParameterizedTest
    @MethodSource("claims")
    void aClaimOfTheWrongKindIsNamedAndItsValueIsNot(Catalogue.Entry entry, Catalogue.Claim claim) {
        Map<String, Object> payload = new LinkedHashMap<>(entry.payload());
        payload.put(claim.name(), claim.type().equals("array<string>") ? "hush" : List.of(Map.of("hush", 1)));

        assertThat(EventCatalog.read(entry.uri(), payload)).isInstanceOfSatisfying(Reading.Malformed.class, reading -> {
            assertThat(reading.alias()).isEqualTo(entry.alias());
            assertThat(reading.claim()).isEqualTo(claim.name());
            assertThat(reading.why()).isNotBlank().doesNotContain("hush");
        });
    }

    @ParameterizedTest
    @MethodSource("claims")
    void aValueOutsideAListIsRefusedIfTheListIsClosed(Catalogue.Entry entry, Catalogue.Claim claim) {
        Map<String, Object> payload = new LinkedHashMap<>(entry.payload());
        payload.put(claim.name(), "outside of every list");

        Reading reading = EventCatalog.read(entry.uri(), payload);

        if (claim.closed()) {
            assertThat(reading)
                    .isInstanceOfSatisfying(Reading.Malformed.class, malformed -> assertThat(malformed.claim())
                            .isEqualTo(claim.name()));
        } else if (claim.open()) {
            assertThat(reading).isInstanceOf(Reading.Read.class);
        }
    }

    /** What documentation is made of. */
    @ParameterizedTest
    @MethodSource("entries")
    void everyClaimIsDeclared(Catalogue.Entry entry) {
        List<EventType.Claim> declared =
                EventCatalog.type(entry.uri()).orElseThrow().claims();

        assertThat(entry.claims()).allSatisfy(claim -> assertThat(declared).anySatisfy(each -> {
            assertThat(each.name()).isEqualTo(claim.name());
            assertThat(each.required()).isEqualTo(claim.required());
        }));
    }

    /** Of each type, those outside the file included: a made-up payload with all its claims. */
    @ParameterizedTest
    @MethodSource("types")
    void everyClaimOfATypeSurvivesBeingWrittenAndRead(EventType type) {
        EventPayload event = read(type.uri(), type.sample());

        assertThat(Wire.write(event.toJson())).isEqualTo(Wire.write(type.sample()));
        assertThat(event.toString()).isEqualTo(type.alias());
    }

    static List<Map<String, Object>> notifications() {
        return Catalogue.notifications();
    }

    /** The notifications of 2015 are read into today's events, in full where they have values. */
    @ParameterizedTest
    @MethodSource("notifications")
    void everyNotificationOf2015IsReadIntoTheEventItMeans(Map<String, Object> kind) {
        String[] meant = Catalogue.text(kind.get("maps_to")).split(" or ");
        String full = Catalogue.aliasOf(meant[0]);
        String notice = meant.length == 1 ? full : full.replace("-full", "-notice");
        Map<String, Object> notification = new LinkedHashMap<>(Map.of(
                "schemas",
                List.of(NOTIFY),
                "type",
                Catalogue.text(kind.get("type")),
                "resourceUris",
                List.of("https://scim.acme.example/v2/Users/u-1001")));

        assertThat(read(NOTIFY, notification).alias()).isEqualTo(notice);
        notification.put("values", Map.of("password", "hush"));
        EventPayload event = read(NOTIFY, notification);
        assertThat(event.alias()).isEqualTo(full);
        assertThat(Objects.requireNonNull(event.subjectInside()).toJson())
                .isEqualTo(Map.of("format", "scim", "uri", "/Users/u-1001"));
        if ("PASSWORD".equals(kind.get("type"))) {
            assertThat(event.toJson().toString()).doesNotContain("hush");
        }
    }

    @Test
    void aNotificationOf2015OfNoKnownKindIsMalformed() {
        assertThat(EventCatalog.read(NOTIFY, Map.of("type", "FORGET")))
                .isInstanceOfSatisfying(Reading.Malformed.class, malformed -> assertThat(malformed.claim())
                        .isEqualTo("type"));
    }

    /** Senders are trusted, not infallible: whatever they write is read or malformed, and never a fault of ours. */
    @ParameterizedTest
    @MethodSource("types")
    void noValueOfAClaimIsMoreThanItsReaderCanBear(EventType type) {
        Map<String, Object> odd = Wire.readObject("""
                {"null": null, "text": "x", "empty": "", "number": 1e400, "truth": true, "list": [null, 1, "x", [], {}],
                 "object": {"": null, "format": null, "active": "no", "Operations": [null, {"op": null, "value": []}]},
                 "subject": {"format": "aliases", "identifiers": [{}, null, {"format": "complex", "user": []}]},
                 "token": {"subject_type": "oauth_token", "token_identifier_alg": "plain", "token": 1},
                 "addresses": {"format": "ip-addresses", "ip-addresses": ["::", ":::", "1.2.3.999", "a:b", null]}}""");
        Stream.concat(type.sample().keySet().stream(), Stream.of("subject", "event_timestamp", "reason_admin"))
                .distinct()
                .forEach(claim -> odd.values().forEach(value -> {
                    Map<String, Object> payload = new LinkedHashMap<>(type.sample());
                    payload.put(claim, value);

                    if (EventCatalog.read(type.uri(), payload) instanceof Reading.Read read) {
                        EventPayload event = read.payload();
                        SubjectIdentifier subject = event.subjectInside();
                        assertThat(Wire.write(event.toJson())).isNotEmpty();
                        assertThat(subject == null ? "sub-" : subject.key() + subject.fingerprint())
                                .startsWith("sub-");
                        assertThat(String.valueOf(event.states())).isNotEmpty();
                    }
                }));
    }

    /** A token in plain could be used by whoever reads the API. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://schemas.openid.net/secevent/oauth/event-type/token-issued",
                "https://schemas.openid.net/secevent/oauth/event-type/token-revoked",
                "https://accounts.google.com/risc/event/one-token-revoked",
            })
    void aTokenInPlainIsKnownByItsDigestAlone(String uri) {
        Map<String, Object> token = Map.of(
                "subject_type",
                "oauth_token",
                "token_type",
                "refresh_token",
                "token_identifier_alg",
                "plain",
                "token",
                "hush");

        EventPayload event = read(uri, Map.of("subject", token));

        assertThat(Wire.write(event.toJson())).contains("hash_SHA256").doesNotContain("hush");
        assertThat(Objects.requireNonNull(event.subjectInside()).toJson().toString())
                .contains("hash_SHA256")
                .doesNotContain("hush");
    }

    @Test
    void anUnknownUriKeepsItsPayload() {
        Map<String, Object> payload = Wire.readObject("{\"a\": [1, {\"b\": null}], \"reason_admin\": 7}");

        assertThat(read("https://vendor.example/made-up", payload))
                .isEqualTo(new UnknownEvent("https://vendor.example/made-up", payload));
    }

    private static SubjectIdentifier subject(@Nullable Object json) {
        return SubjectIdentifier.of(Catalogue.object(json)).orElseThrow();
    }

    private static EventPayload read(String uri, Map<String, Object> payload) {
        Reading reading = EventCatalog.read(uri, payload);
        assertThat(reading).isInstanceOf(Reading.Read.class);
        return ((Reading.Read) reading).payload();
    }
}
