package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The collector rsyslog, which takes records over TLS from whoever shows the gateway's certificate, and over UDP from
 * anybody. It takes each record apart by RFC 5424 and writes the parts down; that file is what is looked at.
 */
final class Rsyslog implements RealTarget {

    static final List<String> NEEDS = List.of("/usr/sbin/rsyslogd", "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so");

    private final Path folder;
    private final Path ca;
    private final int tls = OwnProcess.freeTcpPort();
    private final int udp = OwnProcess.freeUdpPort();

    private Rsyslog(Lab lab) throws Exception {
        folder = lab.folder("rsyslog");
        ca = lab.ca();
        Path certificate = lab.certified("rsyslog", "collector.acme.example", "127.0.0.1");
        Path configuration = Files.writeString(folder.resolve("rsyslog.conf"), """
                global(workDirectory="%1$s"
                  defaultNetstreamDriverCAFile="%2$s"
                  defaultNetstreamDriverCertFile="%3$s"
                  defaultNetstreamDriverKeyFile="%4$s")
                module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/name"
                  PermittedPeer=["%5$s"])
                module(load="imudp")
                input(type="imtcp" address="127.0.0.1" port="%6$d")
                input(type="imudp" address="127.0.0.1" port="%7$d")
                template(name="parts" type="string"
                  string="%%pri%%|%%app-name%%|%%msgid%%|%%structured-data%%|%%msg%%\\n")
                action(type="omfile" file="%1$s/records" template="parts")
                """.formatted(
                        folder, ca, certificate, lab.key("rsyslog"), Lab.GATEWAY, tls, udp));
        lab.start(
                        "rsyslogd",
                        folder,
                        Map.of(),
                        List.of(
                                "/usr/sbin/rsyslogd",
                                "-n",
                                "-f",
                                configuration.toString(),
                                "-i",
                                folder.resolve("pid").toString()))
                .ready(() -> OwnProcess.listens(tls));
    }

    static RealTarget start(Lab lab) throws Exception {
        return new Rsyslog(lab);
    }

    @Override
    public String version() throws Exception {
        return OwnProcess.run(folder, Map.of(), List.of("/usr/sbin/rsyslogd", "-v"))
                .firstLine();
    }

    @Override
    public String targets() {
        return """
                collector:
                  kind: syslog
                  url: tcp://127.0.0.1:%1$d
                  ssl-bundle: lab
                  options: { tls: "true" }
                collector-udp:
                  kind: syslog
                  url: udp://127.0.0.1:%2$d
                collector-of-others:
                  kind: syslog
                  url: tcp://127.0.0.1:%1$d
                  options: { tls: "true", ca-file: "%3$s" }
                """.formatted(tls, udp, ca);
    }

    @Override
    public List<Trial> trials() {
        return List.of(
                Trial.of("collector-tls", "actions.recordInSiem().at(\"collector\")", "siem.record", "ada@acme.example")
                        .effect(() -> recorded("collector-tls")),
                Trial.of(
                                "collector-udp",
                                "actions.recordInSiem().at(\"collector-udp\")",
                                "siem.record",
                                "grace@acme.example")
                        .effect(() -> recorded("collector-udp")),
                // In TLS 1.3 our side of the handshake is over before the collector looks for a certificate.
                Trial.of(
                                "collector-without-certificate",
                                "actions.recordInSiem().at(\"collector-of-others\")",
                                "siem.record",
                                "joan@acme.example")
                        .endsAs("dead")
                        .effect(() -> assertThat(records()).doesNotContain("collector-without-certificate")));
    }

    private void recorded(String rule) {
        // Facility 13, severity informational: the trial's rule says none.
        Pattern record = Pattern.compile("(?m)^110\\|signalbox\\|caep\\.risk-level-change\\|\\[signalbox@32473 "
                + "signal=\"sig-\\w+\" action=\"act-\\w+\" [^|]* rule=\"" + rule
                + "\"]\\|\uFEFF?caep/risk-level-change: .*$");
        Awaitility.await("a record of " + rule).atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(records())
                .containsPattern(record));
    }

    private String records() throws IOException {
        Path file = folder.resolve("records");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
