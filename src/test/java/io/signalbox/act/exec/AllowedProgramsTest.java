package io.signalbox.act.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.action.Outcome;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.SampleActions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cases cannot show: how a program is run, and which is not. */
class AllowedProgramsTest {

    private static Map<String, Object> target(String name, String program, String arguments, String exits) {
        String key = "signalbox.targets." + name + ".";
        return Map.of(
                key + "kind", "exec",
                key + "timeout", "1s",
                key + "options.program", program,
                key + "options.arguments", arguments,
                key + "options.exits", exits);
    }

    private static Outcome attempt(ActStage stage, String target) {
        return stage.attempt(
                SampleActions.of("account.disable", target, SampleActions.email("alice@acme.example")), "exec");
    }

    @Test
    void aProgramGetsNothingOfOursAndIsEndedWhenItIsLate(@TempDir Path folder) throws Exception {
        Path everybodys = Files.writeString(folder.resolve("everybodys"), "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(everybodys, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path loud = Files.writeString(
                folder.resolve("loud"), "#!/bin/sh\nhead -c 1000000 /dev/zero\nread line || exit 7\n");
        Files.setPosixFilePermissions(loud, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, Object> properties = new HashMap<>();
        properties.put(
                "signalbox.exec.allow",
                String.join(
                        ",", "/usr/bin/printenv", "/usr/bin/sleep", "/none", everybodys.toString(), loud.toString()));
        properties.putAll(target("environment", "/usr/bin/printenv", "HOME", "0=refused 1=done"));
        properties.putAll(target("slow", "/usr/bin/sleep", "600", "0=done"));
        properties.putAll(target("absent", "/none", "", "0=done"));
        properties.putAll(target("open", everybodys.toString(), "", "0=done"));
        properties.putAll(target("loud", loud.toString(), "", "7=done"));
        properties.put("signalbox.targets.loud.timeout", "1m");
        properties.put("signalbox.targets.environment.timeout", "1m");
        try (ActStage stage = new ActStage(properties)) {
            assertThat(attempt(stage, "environment")).isEqualTo(new Outcome.Done("Exit code 1"));
            assertThat(attempt(stage, "slow"))
                    .isEqualTo(new Outcome.NoAnswer("The program did not end in time, and was ended", null));
            assertThat(attempt(stage, "absent"))
                    .isEqualTo(new Outcome.Refused("There is no such program, or we may not run it"));
            assertThat(attempt(stage, "open"))
                    .isEqualTo(new Outcome.Refused("The program may be changed by everybody on this machine"));
            // It prints more than a pipe holds, and is given nothing to read.
            assertThat(attempt(stage, "loud")).isEqualTo(new Outcome.Done("Exit code 7"));
        }
    }

    @Test
    void aTargetAloneAllowsNoProgram() {
        Map<String, Object> properties = new HashMap<>(target("edge", "/bin/sh", "-c reboot", "0=done"));

        assertThatThrownBy(() -> new ActStage(properties).close())
                .hasRootCauseMessage("signalbox.targets.edge.options.program: must be one of the paths in"
                        + " signalbox.exec.allow, which are []");

        properties.put("signalbox.exec.allow", "bin/sh");
        assertThatThrownBy(() -> new ActStage(properties).close())
                .hasStackTraceContaining("signalbox.exec.allow: must hold absolute paths");

        properties.put("signalbox.exec.allow", "/bin/sh");
        properties.put("signalbox.targets.edge.options.exits", "0=fine");
        assertThatThrownBy(() -> new ActStage(properties).close())
                .hasRootCauseMessage(
                        "signalbox.targets.edge.options.exits: must be like 0=done 3=already-done, and holds"
                                + " 0=fine");
    }
}
