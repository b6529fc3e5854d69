package io.signalbox.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.set.Entrance;
import io.signalbox.set.SetError;
import io.signalbox.testing.LoggedIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

/** What stops the start, and whose door is whose. */
class ConfiguredSourcesTest {

    private static final String IDP = "https://idp.example.com/realms/acme";
    private static final String OTHER = "https://other.example.com";
    private static final String FIRST = "signalbox.sources[0].";
    private static final String SECOND = "signalbox.sources[1].";

    @TempDir
    Path folder;

    private static Map<String, String> pushed() {
        Map<String, String> keys = new TreeMap<>();
        keys.put(FIRST + "name", "keycloak");
        keys.put(FIRST + "transmitter", IDP);
        keys.put(FIRST + "delivery", "push");
        return keys;
    }

    private static Map<String, String> polled() {
        Map<String, String> keys = new TreeMap<>(pushed());
        keys.put(FIRST + "delivery", "poll");
        keys.put(FIRST + "poll-uri", "https://idp.example.com/poll?stream=1");
        return keys;
    }

    private static ConfiguredSources sources(Map<String, String> keys) {
        return new ConfiguredSources(
                new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate("signalbox", SourceProperties.class),
                Set.of(IDP, OTHER)::contains,
                keys.containsKey(FIRST + "credentials.token-env") ? new LoggedIn("keycloak") : new LoggedIn(),
                new MockEnvironment()
                        .withProperty("SECRET", "Bearer s3cret")
                        .withProperty("OTHER_SECRET", "Bearer other")
                        .withProperty("TWO_LINES", "Bearer s3cret\r\nX-Admin: true")
                        .withProperty("NO_SCHEME", "[a, b]"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(pushed(), "name", "", "name"),
                Arguments.of(pushed(), "name", "Keycloak", "name"),
                Arguments.of(pushed(), "name", "a/../b", "name"),
                Arguments.of(pushed(), "transmitter", "", "transmitter"),
                Arguments.of(pushed(), "transmitter", IDP + "/", "transmitter"),
                Arguments.of(pushed(), "delivery", "", "delivery"),
                Arguments.of(pushed(), "delivery", "Push", "delivery"),
                Arguments.of(pushed(), "audience", " ", "audience"),
                Arguments.of(pushed(), "max-silence", "59s", "max-silence"),
                Arguments.of(pushed(), "must-be-up", "true", "must-be-up"),
                Arguments.of(pushed(), "authorization-header-env", "ABSENT", "authorization-header-env"),
                Arguments.of(pushed(), "authorization-header-env", "TWO_LINES", "authorization-header-env"),
                Arguments.of(pushed(), "authorization-header-env", "NO_SCHEME", "authorization-header-env"),
                Arguments.of(pushed(), "authorization-header-file", "/nowhere", "authorization-header-file"),
                Arguments.of(
                        pushed(),
                        "client-certificate-authorities-file",
                        "/nowhere",
                        "client-certificate-authorities-file"),
                Arguments.of(
                        pushed(),
                        "client-certificate-authorities-file",
                        "pom.xml",
                        "client-certificate-authorities-file"),
                Arguments.of(
                        pushed(), "client-certificate-name", "idp.acme.example", "client-certificate-authorities-file"),
                Arguments.of(pushed(), "client-certificate-revocation", "crl", "client-certificate-authorities-file"),
                Arguments.of(pushed(), "poll-uri", "https://idp.example.com/poll", "poll-uri"),
                Arguments.of(pushed(), "poll-authorization-env", "SECRET", "poll-authorization-env"),
                Arguments.of(polled(), "poll-uri", "", "poll-uri"),
                Arguments.of(polled(), "poll-uri", "http://idp.example.com/poll", "poll-uri"),
                Arguments.of(polled(), "poll-uri", "http://127.0.0.1.example.com/poll", "poll-uri"),
                Arguments.of(polled(), "poll-uri", "https://me:pw@idp.example.com/poll", "poll-uri"),
                Arguments.of(polled(), "poll-uri", "https://idp.example.com/poll#x", "poll-uri"),
                Arguments.of(polled(), "poll-uri", "not a uri", "poll-uri"),
                Arguments.of(polled(), "authorization-header-env", "SECRET", "authorization-header-env"),
                Arguments.of(polled(), "poll-authorization-env", "ABSENT", "poll-authorization-env"),
                Arguments.of(polled(), "max-events", "0", "max-events"),
                Arguments.of(polled(), "max-events", "1001", "max-events"),
                Arguments.of(polled(), "poll-timeout", "4s", "poll-timeout"),
                Arguments.of(polled(), "poll-timeout", "16m", "poll-timeout"),
                Arguments.of(polled(), "poll-interval", "0s", "poll-interval"),
                Arguments.of(polled(), "poll-back-off", "0s", "poll-back-off"),
                Arguments.of(polled(), "poll-back-off", "6m", "poll-back-off"),
                Arguments.of(polled(), "poll-longest-back-off", "25h", "poll-longest-back-off"),
                Arguments.of(polled(), "max-response-size", "1KB", "max-response-size"),
                Arguments.of(polled(), "max-response-size", "1GB", "max-response-size"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void stopsTheStartAndNamesTheKey(Map<String, String> good, String key, String value, String named) {
        sources(good);
        Map<String, String> keys = new TreeMap<>(good);
        keys.put(FIRST + key, value);

        assertThatThrownBy(() -> sources(keys))
                .hasMessageStartingWith(FIRST + named + ":")
                .hasMessageNotContainingAny("s3cret", "X-Admin");
    }

    @Test
    void twoReferencesToOneSecretStopTheStart() {
        Map<String, String> keys = pushed();
        keys.put(FIRST + "authorization-header-env", "SECRET");
        keys.put(FIRST + "authorization-header-file", "/somewhere");

        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(FIRST + "authorization-header-file:");
    }

    /** Where we keep the stream at its transmitter we know who we are there, and it tells where the stream is polled. */
    @Test
    void aSourceWithCredentialsNeedsNeitherAnAddressNorAToken() {
        Map<String, String> keys = polled();
        keys.remove(FIRST + "poll-uri");
        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(FIRST + "poll-uri:");

        keys.put(FIRST + "credentials.token-env", "SECRET");
        assertThat(Objects.requireNonNull(sources(keys).all().get(0).polling()).uri())
                .isNull();

        keys.put(FIRST + "poll-authorization-env", "SECRET");
        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(FIRST + "poll-authorization-env:");
    }

    @Test
    void aNameIsGivenOnce() {
        Map<String, String> keys = pushed();
        keys.put(SECOND + "name", "keycloak");
        keys.put(SECOND + "transmitter", OTHER);
        keys.put(SECOND + "delivery", "push");

        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(SECOND + "name:");
    }

    /** More would use up the connections to that host, and its keys could not be fetched any more. */
    @Test
    void soManySourcesAndNoMoreArePolledAtOneHost() {
        Map<String, String> keys = new TreeMap<>();
        for (int i = 0; i < 16; i++) {
            String prefix = "signalbox.sources[" + i + "].";
            keys.put(prefix + "name", "stream-" + i);
            keys.put(prefix + "transmitter", IDP);
            keys.put(prefix + "delivery", "poll");
            keys.put(prefix + "poll-uri", "https://idp.example.com/poll/" + i);
        }
        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith("signalbox.sources[15].poll-uri:");

        keys.put("signalbox.sources[15].poll-uri", "https://other.example.com/poll");
        assertThat(sources(keys).all()).hasSize(16);
    }

    /** Decision 0011. */
    @Test
    void whatOneDoorAsksForCannotBeGotAroundAtAnother() {
        Map<String, String> keys = pushed();
        keys.put(FIRST + "authorization-header-env", "SECRET");
        keys.put(SECOND + "name", "side-door");
        keys.put(SECOND + "transmitter", IDP);
        keys.put(SECOND + "delivery", "push");

        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(SECOND + "authorization-header-file:");

        keys.put(SECOND + "audience", "https://b.example.com");
        assertThatThrownBy(() -> sources(keys)).hasMessageStartingWith(SECOND + "authorization-header-file:");

        keys.put(FIRST + "audience", "https://a.example.com");
        assertThat(sources(keys).all()).hasSize(2);

        keys.remove(FIRST + "audience");
        keys.put(SECOND + "authorization-header-env", "OTHER_SECRET");
        assertThat(sources(keys).all()).hasSize(2);
    }

    @Test
    void theOpenDoorIsShutToWhoeverHasOneWithALock() {
        Map<String, String> keys = pushed();
        keys.put(FIRST + "authorization-header-env", "SECRET");
        Entrance open = sources(keys).entrance(null);

        assertThat(open.refusal(IDP))
                .hasValueSatisfying(refused -> assertThat(refused.error()).isEqualTo(SetError.ACCESS_DENIED));
        assertThat(open.refusal(OTHER)).isEmpty();
        // One without a lock asks for nothing that could be got around.
        assertThat(sources(pushed()).entrance(null).refusal(IDP)).isEmpty();
    }

    @Test
    void aDoorIsBoundToItsTransmitter() {
        Entrance door = sources(pushed()).entrance("keycloak");

        assertThat(door.refusal(IDP)).isEmpty();
        assertThat(door.refusal(OTHER))
                .hasValueSatisfying(refused -> assertThat(refused.error()).isEqualTo(SetError.INVALID_ISSUER));
    }

    @Test
    void onlySourcesThatArePushedHaveADoor() {
        assertThat(sources(pushed()).pushed("keycloak")).isTrue();
        assertThat(sources(pushed()).pushed("unknown")).isFalse();
        assertThat(sources(pushed()).pushed(null)).isFalse();
        assertThat(sources(polled()).pushed("keycloak")).isFalse();
    }

    /** the whole value, and one of it. */
    @Test
    void theHeaderIsComparedAsAWhole() {
        Map<String, String> keys = pushed();
        keys.put(FIRST + "authorization-header-env", "SECRET");
        ConfiguredSources sources = sources(keys);

        assertThat(sources.authenticated("keycloak", "Bearer s3cret")).isTrue();
        assertThat(sources.authenticated("keycloak", "bearer s3cret")).isFalse();
        assertThat(sources.authenticated("keycloak", "Bearer s3cre")).isFalse();
        assertThat(sources.authenticated("keycloak", "Bearer s3cret ")).isFalse();
        assertThat(sources.authenticated("keycloak", "")).isFalse();
        assertThat(sources.authenticated("keycloak", null)).isFalse();
        assertThat(sources.authenticated("keycloak", List.of("Bearer s3cret", "Bearer s3cret")))
                .isFalse();
        assertThat(sources.authenticated(null, null)).isTrue();
        assertThat(sources(pushed()).authenticated("keycloak", null)).isTrue();
    }

    @Test
    void aRotatedSecretNeedsNoRestart() throws IOException {
        Path file = Files.writeString(folder.resolve("header"), "Bearer old\n");
        Map<String, String> keys = pushed();
        keys.put(FIRST + "authorization-header-file", file.toString());
        ConfiguredSources sources = sources(keys);
        assertThat(sources.authenticated("keycloak", "Bearer old")).isTrue();

        Files.writeString(file, "Bearer new\n");

        assertThat(sources.authenticated("keycloak", "Bearer old")).isFalse();
        assertThat(sources.authenticated("keycloak", "Bearer new")).isTrue();
        // Gone is our fault, which must not look like the sender's.
        Files.delete(file);
        assertThatThrownBy(() -> sources.authenticated("keycloak", "Bearer new"))
                .hasMessageStartingWith(FIRST + "authorization-header-file:");
    }

    @Test
    void asksForWhatIsUsualUnlessToldOtherwise() {
        Source source = sources(polled()).all().get(0);

        assertThat(source.mustBeUp()).isFalse();
        assertThat(source.polling()).satisfies(polling -> {
            assertThat(polling.maxEvents()).isEqualTo(100);
            assertThat(polling.returnImmediately()).isFalse();
            assertThat(polling.timeout()).isEqualTo(Duration.ofSeconds(90));
            assertThat(polling.interval()).isEqualTo(Duration.ofSeconds(5));
            assertThat(polling.credentials()).isNull();
        });
    }
}
