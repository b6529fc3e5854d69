package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

class ConfiguredTargetsTest {

    private static final String HR = "signalbox.targets.hr.";

    private static Map<String, String> hr() {
        Map<String, String> keys = new HashMap<>();
        keys.put(HR + "kind", "scim");
        keys.put(HR + "url", "https://hr.example.com/scim/v2/");
        keys.put(HR + "token-env", "HR_TOKEN");
        return keys;
    }

    private static TargetProperties bound(Map<String, String> keys) {
        return new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate("signalbox", TargetProperties.class);
    }

    private static ConfiguredTargets targets(Map<String, String> keys) {
        return new ConfiguredTargets(
                bound(keys),
                new MockEnvironment()
                        .withProperty("HR_TOKEN", "abc")
                        .withProperty("BAD_TOKEN", "abc\r\nX-Admin: true")
                        .withProperty("SHORT", "short")
                        .withProperty("SECRET", "0123456789abcdef"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(HR + "kind", "skim", HR + "kind"),
                Arguments.of(HR + "kind", "../../etc", HR + "kind"),
                Arguments.of(HR + "actions", "vpn.disconnect", HR + "actions"),
                Arguments.of(HR + "url", "", HR + "url"),
                Arguments.of(HR + "url", "http://hr.example.com", HR + "url"),
                Arguments.of(HR + "url", "http://10.0.0.1", HR + "url"),
                Arguments.of(HR + "url", "http://127.0.0.1.example.com", HR + "url"),
                Arguments.of(HR + "url", "ftp://hr.example.com", HR + "url"),
                Arguments.of(HR + "url", "https://alice:pw@hr.example.com", HR + "url"),
                Arguments.of(HR + "url", "https://hr.example.com/?key=1", HR + "url"),
                Arguments.of(HR + "url", "not a url", HR + "url"),
                Arguments.of(HR + "token-env", "ABSENT", HR + "token-env"),
                Arguments.of(HR + "token-env", "BAD_TOKEN", HR + "token-env"),
                Arguments.of(HR + "token-file", "/nowhere", HR + "token-file"),
                Arguments.of(HR + "secret-env", "SECRET", HR + "secret-file"),
                Arguments.of(HR + "secret-env", "SHORT", HR + "secret-env"),
                Arguments.of(HR + "consumers", "0", HR + "consumers"),
                Arguments.of(HR + "per-minute", "-1", HR + "per-minute"),
                Arguments.of(HR + "timeout", "0s", HR + "timeout"),
                Arguments.of(HR + "options.lookup", "serach", HR + "options.lookup"),
                Arguments.of(HR + "auth.kind", "digest", HR + "auth.kind"),
                Arguments.of(HR + "auth.kind", "basic", HR + "auth.username"),
                Arguments.of(HR + "auth.kind", "oauth", HR + "auth.token-url"),
                Arguments.of(HR + "options.lokup", "filter", HR + "options.lokup"),
                Arguments.of("signalbox.targets[a b].kind", "scim", "signalbox.targets.a b"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void stopsTheStartAndNamesTheKey(String key, String value, String named) {
        Map<String, String> keys = hr();
        keys.put(key, value);

        assertThatThrownBy(() -> targets(keys))
                .hasMessageContaining(named + ":")
                .hasMessageNotContaining("X-Admin");
    }

    @Test
    void stopsTheStartWithoutANeededCredential() {
        Map<String, String> keys = hr();
        keys.remove(HR + "token-env");

        assertThatThrownBy(() -> targets(keys)).hasMessageContaining(HR + "token-file:");
    }

    @Test
    void stopsTheStartWithABadSchedule() {
        assertThatThrownBy(() -> bound(Map.of("signalbox.act.retry", "1s,0s")))
                .rootCause()
                .hasMessageContaining("signalbox.act.retry:");
        assertThatThrownBy(() -> bound(Map.of("signalbox.act.jitter", "2")))
                .rootCause()
                .hasMessageContaining("signalbox.act.jitter:");
    }

    @Test
    void knowsWhichTargetsDoAKindOfAction() {
        Map<String, String> keys = hr();
        keys.put("signalbox.targets.crm.kind", "scim");
        keys.put("signalbox.targets.crm.url", "http://localhost:8080");
        keys.put("signalbox.targets.crm.token-env", "HR_TOKEN");
        keys.put("signalbox.targets.crm.actions", "account.disable");
        keys.put("signalbox.targets.any.kind", "webhook");
        keys.put("signalbox.targets.any.url", "https://any.example.com");
        keys.put("signalbox.targets.any.secret-env", "SECRET");
        ConfiguredTargets targets = targets(keys);

        assertThat(targets.doing("account.disable")).containsExactly("any", "crm", "hr");
        assertThat(targets.doing("account.enable")).containsExactly("any", "hr");
        assertThat(targets.doing("vpn.disconnect")).containsExactly("any");
    }

    @Test
    void fillsInTheConnectorsDefaults() {
        Map<String, String> keys = hr();
        keys.put(HR + "options.email-attribute", "userName");
        ConfiguredTargets targets = targets(keys);

        assertThat(targets.options("hr"))
                .containsEntry("email-attribute", "userName")
                .containsEntry("iss-sub-attribute", "externalId");
        assertThat(targets.url("hr")).isEqualTo("https://hr.example.com/scim/v2");
        assertThat(targets.consumers("hr")).isEqualTo(4);
    }

    @Test
    void readsARotatedTokenWithoutARestart(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("token");
        Files.writeString(file, "first\n");
        Map<String, String> keys = hr();
        keys.remove(HR + "token-env");
        keys.put(HR + "token-file", file.toString());
        ConfiguredTargets targets = targets(keys);

        assertThat(targets.token("hr")).isEqualTo("first");
        Files.writeString(file, "second\n");
        assertThat(targets.token("hr")).isEqualTo("second");
    }

    @Test
    void usesTheShippedConnectorsWhereThereIsNoRoutesDirectory() {
        Map<String, String> keys = hr();
        keys.put("signalbox.routes-directory", "./absent");

        assertThat(targets(keys).doing("account.disable")).containsExactly("hr");
    }

    @Test
    void retriesForMoreThanADayByDefault() {
        TargetProperties.Act act = bound(Map.of()).act();

        assertThat(act.retry().stream().reduce(Duration.ZERO, Duration::plus)).isGreaterThan(Duration.ofDays(1));
        assertThat(act.retry()).hasSize(11);
        assertThat(act.jitter()).isEqualTo(0.2);
    }
}
