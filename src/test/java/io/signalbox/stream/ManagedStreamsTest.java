package io.signalbox.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.http.GuardedHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

/** What can be configured about the streams that we keep, and what stops the start. */
class ManagedStreamsTest {

    private static final String KEY = "signalbox.sources[0].";

    @TempDir
    private Path folder;

    private final Map<String, String> good = new LinkedHashMap<>();

    @BeforeEach
    void writeTheSecret() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "Bearer s\n");
        good.put("name", "idp");
        good.put("transmitter", "https://idp.example.com/realms/acme");
        good.put("delivery", "push");
        good.put("events[0]", "session-revoked");
        good.put("events[1]", "caep:credential-change");
        good.put("endpoint-url", "https://signals.example.com/push/idp");
        good.put("authorization-header-file", secret.toString());
        good.put("credentials.token-uri", "https://idp.example.com/token");
        good.put("credentials.client-id", "signalbox");
        good.put("credentials.client-secret-file", secret.toString());
    }

    @Test
    void readsASourceWithCredentials() {
        DesiredStream wanted = streams(good).named("idp").orElseThrow().wanted();

        assertThat(wanted.delivery()).isEqualTo(DeliveryMethod.PUSH);
        assertThat(wanted.events())
                .containsExactly(
                        "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
                        "https://schemas.openid.net/secevent/caep/event-type/credential-change");
        assertThat(wanted.authorizationHeader()).isEqualTo("Bearer s");
        assertThat(wanted.description()).isEqualTo("Signalbox source idp");
        assertThat(wanted.toString()).doesNotContain("Bearer");
    }

    @Test
    void leavesASourceWithoutCredentialsToItsOwner() {
        good.keySet().removeIf(key -> key.startsWith("credentials.") || key.startsWith("events"));

        assertThat(streams(good).all()).isEmpty();
    }

    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource({
        "name,,                           name is missing",
        "name,Upper Case,                 name must be made of",
        "transmitter,,                    transmitter is missing",
        "delivery,,                       delivery is missing",
        "delivery,pigeon,                 'delivery must be one of push, poll'",
        "delivery,poll,                   authorization-header-file is for delivery by push",
        "events[0],nothing-of-the-kind,   events: 'nothing-of-the-kind' is no event type",
        "endpoint-url,,                   endpoint-url is missing",
        "endpoint-url,ftp://x.example,    endpoint-url is no https URL",
        "authorization-header-file,/nowhere/at/all, authorization-header-file: /nowhere/at/all cannot be read",
        "well-known,guess,                'well-known must be one of ssf, sse, risc'",
        "verify-every,1s,                 verify-every must be at least",
        "verify-within,1s,                verify-within must be at least",
        "credentials.client-id,,          credentials.client-id is missing",
        "credentials.token-uri,,          credentials.token-uri is missing"
    })
    void stopsTheStartAndNamesTheKey(String member, @Nullable String value, String told) {
        if (value == null) {
            good.remove(member);
        } else {
            good.put(member, value);
        }

        assertThatThrownBy(() -> streams(good))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(KEY + told);
    }

    private static ManagedStreams streams(Map<String, String> source) {
        MockEnvironment environment = new MockEnvironment();
        source.forEach((key, value) -> environment.setProperty(KEY + key, value));
        GuardedHttp nowhere = request -> new GuardedHttp.Result.Unreachable("nothing is called here");
        return ManagedStreams.configured(environment, nowhere, Clock.systemUTC());
    }
}
