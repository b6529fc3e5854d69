package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolveCommandTest {

    private static final List<String> VPN = List.of(
            "--signalbox.targets.vpn.kind=webhook",
            "--signalbox.targets.vpn.url=https://vpn.example.com",
            "--signalbox.targets.vpn.resolve[0].by=table",
            "--signalbox.targets.vpn.resolve[0].entries[0]=iss_sub:https://idp.example.com,8f3a = a-1",
            "--signalbox.targets.vpn.resolve[1].by=template",
            "--signalbox.targets.vpn.resolve[1].template={email.local}",
            "--signalbox.targets.siem.kind=syslog",
            "--signalbox.targets.siem.url=tcp://siem.example.com");

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(VPN);
        all.add("--signalbox.targets.vpn.secret-file="
                + Files.writeString(folder.resolve("secret"), "0123456789abcdef"));
        out.reset();
        return ResolveCommand.run(all, new PrintStream(out, true, StandardCharsets.UTF_8), Clock.systemUTC());
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void showsEachStepAndWhichOneDecided() throws Exception {
        assertThat(run("email:alice@acme.example")).isEqualTo(CommandLine.GOOD);
        assertThat(said())
                .contains("siem: passed-on")
                .contains("vpn: alice")
                .contains("  1 table  asked {\"email\":\"alice@acme.example\",\"format\":\"email\"} in ")
                .contains("  2 template  asked {email.local}  got alice  <- decides");
    }

    @Test
    void readsSubjectsAsPeopleWriteThemOrAsJson() throws Exception {
        assertThat(run("iss_sub:https://idp.example.com,8f3a", "--target", "vpn", "--json"))
                .isEqualTo(CommandLine.GOOD);
        Map<String, Object> form = Wire.readObject(said());
        assertThat(form).containsEntry("matched", true);
        assertThat(said()).contains("\"identity\":\"a-1\"").doesNotContain("siem");
        assertThat(run("{\"format\":\"iss_sub\",\"iss\":\"https://idp.example.com\",\"sub\":\"8f3a\"}"))
                .isEqualTo(CommandLine.GOOD);
    }

    @Test
    void endsWithOneIfATargetKnowsNobodyAndWithTwoIfItIsMisused() throws Exception {
        assertThat(run("opaque:4711")).isEqualTo(CommandLine.BAD);
        assertThat(said()).contains("vpn: unmatched (Nobody: table: not in the table; template: ");
        assertThat(run("opaque:4711", "--target=siem")).isEqualTo(CommandLine.GOOD);
        assertThat(run("alice")).isEqualTo(CommandLine.MISUSE);
        assertThat(run("opaque:1", "--target=nowhere")).isEqualTo(CommandLine.MISUSE);
        assertThat(run()).isEqualTo(CommandLine.MISUSE);
        assertThat(run("opaque:1", "--signalbox.targets.vpn.resolve[0].by=guess"))
                .isEqualTo(CommandLine.BAD);
        assertThat(said()).contains("signalbox.targets.vpn.resolve[0].by");
    }
}
