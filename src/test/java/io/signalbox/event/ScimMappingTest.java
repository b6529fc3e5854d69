package io.signalbox.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.CaepEvent.CredentialChange;
import io.signalbox.event.CaepEvent.TokenClaimsChange;
import io.signalbox.event.RiscEvent.AccountDisabled;
import io.signalbox.event.RiscEvent.AccountEnabled;
import io.signalbox.event.RiscEvent.AccountPurged;
import io.signalbox.event.RiscEvent.IdentifierChanged;
import io.signalbox.event.RiscEvent.IdentifierRecycled;
import io.signalbox.event.ScimMapping.Direction;
import io.signalbox.event.ScimMapping.Line;
import io.signalbox.set.SubjectIdentifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScimMappingTest {

    private static final String SCIM = "urn:ietf:params:scim:event:";
    private static final SubjectIdentifier USER = ScimEvent.resource("/Users/u-1");
    private static final SubjectIdentifier EMAIL =
            new SubjectIdentifier("email", Map.of("email", "o\"]or[x eq \"1@acme.example"));
    private static final SubjectIdentifier PHONE =
            new SubjectIdentifier("phone_number", Map.of("phone_number", "+12025550100"));

    /** The rows of section 4 of the digest of RFC 9967, and what lies just beside each. */
    static Stream<Arguments> told() {
        return Stream.of(
                Arguments.of("prov:deactivate", Map.of(), List.of("risc/account-disabled")),
                Arguments.of("prov:activate", Map.of(), List.of("risc/account-enabled")),
                Arguments.of("prov:delete", Map.of(), List.of("risc/account-purged")),
                Arguments.of("prov:put:full", resource("active", false), List.of("risc/account-disabled")),
                Arguments.of("prov:put:full", resource("active", true), List.of()),
                Arguments.of("prov:patch:full", resource("active", "False"), List.of("risc/account-disabled")),
                Arguments.of("prov:patch:full", patch("Replace", "active", true), List.of("risc/account-enabled")),
                Arguments.of(
                        "prov:patch:full",
                        patch("replace", null, Map.of("active", false)),
                        List.of("risc/account-disabled")),
                Arguments.of(
                        "prov:patch:full",
                        patch("replace", "urn:ietf:params:scim:schemas:core:2.0:User:active", false),
                        List.of("risc/account-disabled")),
                Arguments.of("prov:patch:full", patch("remove", "active", null), List.of()),
                Arguments.of("prov:patch:full", patch("replace", "title", "Dr"), List.of()),
                Arguments.of("prov:create:full", resource("active", false), List.of()),
                Arguments.of("prov:patch:notice", Map.of("attributes", List.of("active")), List.of()),
                Arguments.of(
                        "prov:patch:notice",
                        Map.of("attributes", List.of("urn:ietf:params:scim:schemas:core:2.0:User:password")),
                        List.of("caep/credential-change")),
                Arguments.of(
                        "prov:put:notice",
                        Map.of("attributes", List.of("emails[type eq \"work\"].value", "password")),
                        List.of("caep/credential-change", "risc/identifier-changed")),
                Arguments.of(
                        "prov:patch:full", patch("replace", "userName", "ada2"), List.of("risc/identifier-changed")),
                Arguments.of(
                        "prov:patch:full",
                        patch("add", "emails", List.of(Map.of("value", "second@acme.example"))),
                        List.of()),
                Arguments.of(
                        "prov:patch:full",
                        patch("replace", "roles", List.of(Map.of("value", "admin"))),
                        List.of("caep/token-claims-change")),
                Arguments.of("prov:patch:full", patch("add", "roles", List.of(Map.of("value", "admin"))), List.of()),
                Arguments.of("feed:add", Map.of(), List.of()),
                Arguments.of("feed:remove", Map.of(), List.of()),
                Arguments.of("misc:asyncresp", Map.of("method", "PATCH", "status", "200"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("told")
    void anEventOfScimMeansWhatTheTableSays(String type, Map<String, Object> payload, List<String> meaning) {
        assertThat(ScimMapping.fromScim(read(SCIM + type, payload), USER))
                .extracting(KnownEvent::alias)
                .isEqualTo(meaning);
    }

    @Test
    void neitherAGroupNorADeviceIsAnAccount() {
        for (String uri : List.of("/Groups/g-1", "/Devices/d-1", "/v2/UsersOfOld/u-1")) {
            SubjectIdentifier other = new SubjectIdentifier("scim", Map.of("uri", uri));
            assertThat(ScimMapping.fromScim(read(SCIM + "prov:delete", Map.of()), other))
                    .isEmpty();
            assertThat(ScimMapping.fromScim(read(SCIM + "prov:put:full", resource("active", false)), other))
                    .isEmpty();
        }
        assertThat(ScimMapping.fromScim(
                        read(SCIM + "prov:delete", Map.of()),
                        ScimEvent.resource("https://h.example/scim/v2/Users/u-1")))
                .hasSize(1);
    }

    @Test
    void aPasswordIsNeverPassedOn() {
        List<KnownEvent> meaning = ScimMapping.fromScim(
                read(SCIM + "prov:patch:full", patch("replace", "password", "correct horse")), USER);

        assertThat(meaning)
                .singleElement()
                .satisfies(event -> assertThat(event.toJson().toString()).doesNotContain("horse"));
    }

    @Test
    void everyTypeOfTheThreeFamiliesStandsInTheTable() {
        assertThat(standing(Direction.FROM_SCIM)).isEqualTo(aliases(Set.of("scim")));
        assertThat(standing(Direction.TO_SCIM)).isEqualTo(aliases(Set.of("caep", "risc")));
        assertThat(ScimMapping.lines())
                .allSatisfy(line -> assertThat(line.lost()).endsWith("."));
    }

    private static Set<String> standing(Direction direction) {
        return ScimMapping.lines().stream()
                .filter(line -> line.direction() == direction)
                .map(Line::from)
                .flatMap(List::stream)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> aliases(Set<String> families) {
        return EventCatalog.types().stream()
                .filter(type -> families.contains(type.family()))
                .map(EventType::alias)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is carried there and back is the same, and what comes out is what the row names and fits its definition. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatScimCanSayComesBackTheSame(long seed) {
        Random random = new Random(seed);
        SubjectIdentifier subject = List.of(USER, EMAIL, PHONE).get(random.nextInt(3));
        KnownEvent event = generated(random);

        ScimEvent scim = ScimMapping.toScim(event, subject).orElse(null);

        if (scim == null) {
            assertThat(event)
                    .as("what has no word in SCIM")
                    .matches(each -> each instanceof IdentifierRecycled
                            || each instanceof IdentifierChanged changed && changed.newValue() == null
                            || each instanceof TokenClaimsChange claims
                                    && claims.claims().keySet().stream()
                                            .noneMatch(Set.of("roles", "entitlements")::contains)
                            || each instanceof CredentialChange change
                                    && !Set.of("password", "x509").contains(change.credentialType()));
            return;
        }
        assertThat(read(scim.uri(), scim.toJson())).isEqualTo(scim);
        assertThat(ScimMapping.lines())
                .anyMatch(line ->
                        line.from().contains(event.alias()) && scim.alias().equals(line.to()));
        List<KnownEvent> back = ScimMapping.fromScim(scim, USER);
        if (event instanceof IdentifierRecycled) {
            assertThat(back).singleElement().isInstanceOf(IdentifierChanged.class);
            return;
        }
        assertThat(back).singleElement().satisfies(one -> assertThat(one).isEqualTo(kept(event)));
    }

    static Stream<Long> seeds() {
        return IntStream.range(0, 200).mapToObj(i -> 20_261_125L + i);
    }

    /** A watcher's differences between two generated users, told on as PATCHes, mean what the differences meant. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatAWatcherSeesOfAUserCanBeToldOn(long seed) {
        Random random = new Random(seed);
        Map<String, Object> before = user(random);
        Map<String, Object> after = user(random);
        List<String> changed = after.keySet().stream()
                .filter(name -> !Objects.equals(before.get(name), after.get(name)))
                .toList();

        List<KnownEvent> meaning = ScimMapping.fromScim(ScimChange.seen(changed, after));

        assertThat(meaning).hasSize((int) changed.stream()
                .filter(name -> !name.equals("title"))
                .map(name -> Set.of("roles", "entitlements").contains(name) ? "claims" : name)
                .distinct()
                .count());
        for (KnownEvent event : meaning) {
            ScimEvent told = ScimMapping.toScim(event, USER).orElseThrow();
            assertThat(ScimMapping.fromScim(told, USER)).containsExactly(event);
        }
    }

    private static Map<String, Object> user(Random random) {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("active", random.nextBoolean());
        user.put("userName", "ada" + random.nextInt(3));
        user.put("emails", List.of(Map.of("value", "ada" + random.nextInt(3) + "@acme.example", "primary", true)));
        user.put("phoneNumbers", List.of(Map.of("value", "+1202555010" + random.nextInt(3))));
        user.put("title", "T" + random.nextInt(3));
        user.put("roles", List.of(Map.of("value", "r" + random.nextInt(2))));
        user.put("entitlements", List.of(Map.of("value", "e" + random.nextInt(2))));
        return user;
    }

    private static KnownEvent generated(Random random) {
        CaepContext common = random.nextBoolean()
                ? CaepContext.NONE
                : new CaepContext(null, InitiatingEntity.ADMIN, Map.of("en", "because"), Map.of());
        return switch (random.nextInt(7)) {
            case 0 -> new AccountDisabled(random.nextBoolean() ? "hijacking" : null, common, Map.of());
            case 1 -> new AccountEnabled(common, Map.of());
            case 2 -> new AccountPurged(common, Map.of());
            case 3 ->
                new CredentialChange(
                        List.of("password", "x509", "app").get(random.nextInt(3)),
                        ChangeType.values()[random.nextInt(ChangeType.values().length)],
                        null,
                        null,
                        null,
                        null,
                        common,
                        Map.of());
            case 4 ->
                new IdentifierChanged(
                        new ArrayList<String>(List.of("new@acme.example", "+12025550199", "ada"))
                                .get(random.nextInt(3)),
                        common,
                        Map.of());
            case 5 -> new IdentifierRecycled(common, Map.of());
            default ->
                new TokenClaimsChange(
                        Map.of(
                                List.of("roles", "entitlements", "groups", "title")
                                        .get(random.nextInt(4)),
                                List.of("x" + random.nextInt())),
                        common,
                        Map.of());
        };
    }

    /** What the table says is not lost. */
    private static KnownEvent kept(KnownEvent event) {
        if (event instanceof AccountDisabled) {
            return new AccountDisabled(null, CaepContext.NONE, Map.of());
        }
        if (event instanceof AccountEnabled) {
            return new AccountEnabled(CaepContext.NONE, Map.of());
        }
        if (event instanceof AccountPurged) {
            return new AccountPurged(CaepContext.NONE, Map.of());
        }
        if (event instanceof CredentialChange change) {
            return new CredentialChange(
                    change.credentialType(), ChangeType.UPDATE, null, null, null, null, CaepContext.NONE, Map.of());
        }
        if (event instanceof IdentifierChanged changed) {
            return new IdentifierChanged(changed.newValue(), CaepContext.NONE, Map.of());
        }
        return new TokenClaimsChange(((TokenClaimsChange) event).claims(), CaepContext.NONE, Map.of());
    }

    @Test
    void aValueInAFilterCannotEndIt() {
        ScimEvent scim = ScimMapping.toScim(
                        new IdentifierChanged("new@acme.example", CaepContext.NONE, Map.of()), EMAIL)
                .orElseThrow();

        assertThat(scim.data().toString()).contains("emails[value eq \"o\\\"]or[x eq \\\"1@acme.example\"].value");
    }

    @Test
    void whatNobodyKnowsIsNotTranslated() {
        assertThat(ScimMapping.toScim(new UnknownEvent("urn:x", Map.of()), USER))
                .isEmpty();
    }

    private static ScimEvent read(String uri, Map<String, Object> payload) {
        return (ScimEvent) ((EventCatalog.Reading.Read) EventCatalog.read(uri, payload)).payload();
    }

    private static Map<String, Object> resource(String attribute, Object value) {
        return Map.of(
                "data",
                Map.of(
                        "schemas",
                        List.of("urn:ietf:params:scim:schemas:core:2.0:User"),
                        "id",
                        "u-1",
                        attribute,
                        value));
    }

    private static Map<String, Object> patch(
            String op,
            @org.jspecify.annotations.Nullable String path,
            @org.jspecify.annotations.Nullable Object value) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("op", op);
        if (path != null) {
            operation.put("path", path);
        }
        if (value != null) {
            operation.put("value", value);
        }
        return Map.of("data", Map.of("Operations", List.of(operation)));
    }
}
