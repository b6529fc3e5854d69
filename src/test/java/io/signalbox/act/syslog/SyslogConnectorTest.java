package io.signalbox.act.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Outcome;
import io.signalbox.action.Severity;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.Collector;
import io.signalbox.testing.SampleActions;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyslogConnectorTest {

    private final Collector collector = new Collector();
    private ActStage stage = with(collector, Map.of());

    private static ActStage with(Collector collector, Map<String, String> options) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "signalbox.targets.siem.kind",
                "syslog",
                "signalbox.targets.siem.url",
                "tcp://localhost:" + collector.port()));
        options.forEach((name, value) -> properties.put("signalbox.targets.siem.options." + name, value));
        return new ActStage(properties);
    }

    private void restart(Map<String, String> options) {
        stage.close();
        stage = with(collector, options);
    }

    @AfterEach
    void stop() {
        stage.close();
        collector.close();
    }

    private static Action action() {
        return SampleActions.of("siem.record", "siem", SampleActions.email("alice@acme.example"));
    }

    private static Action action(Severity severity, String event, String rule) {
        Action sample = action();
        return new Action(
                sample.id(),
                sample.signalId(),
                0,
                sample.kind(),
                sample.target(),
                sample.subject(),
                event,
                sample.eventUri(),
                severity,
                Map.of(),
                new Because(rule, "policy-1", null),
                null,
                false);
    }

    /** RFC 5424, section 6; the subject's name stays here. */
    @Test
    void recordsTheSignalAndItsSeverity() {
        assertThat(stage.attempt(action())).isInstanceOf(Outcome.Done.class);

        Action action = action();
        SubjectIdentifier subject = SampleActions.email("alice@acme.example");
        assertThat(collector.records())
                .containsExactly("<106>1 2026-11-22T10:00:00Z - signalbox - caep.risk-level-change "
                        + "[signalbox@32473 signal=\"" + action.signalId() + "\" action=\"" + action.id()
                        + "\" severity=\"HIGH\" event=\"" + action.eventUri() + "\" subject=\"" + subject.key()
                        + "\" policy=\"policy-1\" rule=\"High risk of a user: disable the account\"] "
                        + "\uFEFFcaep/risk-level-change: High risk of a user: disable the account");
    }

    /** RFC 6587, section 3.4.1: counted in octets, which differ from characters here. */
    @Test
    void countsOctetsInEveryFrame() {
        for (int i = 0; i < 3; i++) {
            Action action = action(Severity.LOW, "caep/session-revoked", "R\u00e8gle \uD83D\uDE80 " + i);
            assertThat(stage.attempt(action)).isInstanceOf(Outcome.Done.class);
        }

        assertThat(collector.records()).hasSize(3).allMatch(record -> record.contains("R\u00e8gle \uD83D\uDE80"));
    }

    @ParameterizedTest
    @CsvSource({"CRITICAL,106", "HIGH,106", "MEDIUM,108", "LOW,109", "INFO,110"})
    void givesPolicysSeverityAsPriority(Severity severity, String priority) {
        stage.attempt(action(severity, "caep/session-revoked", "rule"));

        assertThat(collector.records().get(0)).startsWith("<" + priority + ">1 ");
    }

    /** E-42 and E-44. */
    @Test
    void letsNoValueEndItsFieldOrItsLine() {
        stage.attempt(action(
                Severity.HIGH,
                "x/y z\r\n<0>1 forged that is longer than thirty-two",
                "a \"b\" ]c \\d\r\n<0>1 - - - - - forged\u2028\u202E"));

        String record = collector.records().get(0);
        assertThat(record)
                .contains("rule=\"a \\\"b\\\" \\]c \\\\d  <0>1 - - - - - forged  \"] ")
                .contains(" x.yz<0>1forgedthatislongerthanth ")
                .doesNotContain("\n", "\r", "\u2028", "\u202E");
    }

    /** E-43: receivers should take 2048 octets and may cut what is longer. */
    @Test
    void staysWithinWhatCollectorsTake() {
        stage.attempt(action(Severity.HIGH, "caep/session-revoked", "\uD83D\uDE80\"".repeat(5000)));

        String record = collector.records().get(0);
        assertThat(record.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(2048);
        assertThat(record).contains("\"] \uFEFF");
    }

    @Test
    void namesTheSubjectOnlyIfTold() {
        stage.attempt(action());
        restart(Map.of(
                "subject", "raw", "facility", "10", "hostname", "gw-1", "app-name", "box", "enterprise-number", "99"));
        stage.attempt(action());

        assertThat(collector.records().get(0)).doesNotContain("alice");
        assertThat(collector.records().get(1))
                .startsWith("<82>1 2026-11-22T10:00:00Z gw-1 box - ")
                .contains("[signalbox@99 ")
                .contains(" subjectId=\"{\\\"email\\\":\\\"alice@acme.example\\\",\\\"format\\\":\\\"email\\\"}\"]");
    }

    @Test
    void getsNoAnswerFromACollectorThatIsDown() {
        collector.close();

        assertThat(stage.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
    }

    @Test
    void takesNoResetForDelivery() {
        collector.behave(Collector.Manner.RESETS);

        assertThat(stage.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
    }

    @Test
    void doesNotWaitForEverForACollectorThatHangs() {
        restart(Map.of("patience-seconds", "1"));
        collector.behave(Collector.Manner.HANGS);

        assertThat(stage.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
    }

    @Test
    void speaksTlsToACollectorWhoseAuthorityItTrusts(@TempDir Path folder) throws Exception {
        try (Collector secure = Collector.secure(folder, "localhost");
                ActStage trusting = with(
                        secure,
                        Map.of("tls", "true", "ca-file", secure.certificate().toString()));
                ActStage strange = with(secure, Map.of("tls", "true"))) {
            assertThat(trusting.attempt(action())).isInstanceOf(Outcome.Done.class);
            assertThat(secure.records()).hasSize(1);
            assertThat(strange.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
            assertThat(secure.records()).hasSize(1);
        }
    }

    @Test
    void speaksToNoOtherHostThanTheOneInTheCertificate(@TempDir Path folder) throws Exception {
        try (Collector other = Collector.secure(folder, "elsewhere.example.com");
                ActStage trusting = with(
                        other,
                        Map.of("tls", "true", "ca-file", other.certificate().toString()))) {
            assertThat(trusting.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
            assertThat(other.records()).isEqualTo(List.of());
        }
    }

    /** E-45. */
    @Test
    void showsItsCertificateToACollectorThatWantsOne(@TempDir Path folder) throws Exception {
        Path ours = Collector.certified(folder, "ours", "signalbox");
        try (Collector mutual = Collector.secure(folder, "localhost", ours)) {
            Map<String, Object> properties = new HashMap<>(Map.of(
                    "signalbox.targets.siem.kind",
                    "syslog",
                    "signalbox.targets.siem.url",
                    "tcp://localhost:" + mutual.port(),
                    "signalbox.targets.siem.options.tls",
                    "true",
                    "signalbox.targets.siem.options.ca-file",
                    mutual.certificate().toString()));
            try (ActStage nameless = new ActStage(properties)) {
                assertThat(nameless.attempt(action())).isInstanceOf(Outcome.NoAnswer.class);
            }
            properties.put("signalbox.targets.siem.ssl-bundle", "siem");
            properties.put("spring.ssl.bundle.jks.siem.keystore.location", "file:" + folder.resolve("ours.p12"));
            properties.put("spring.ssl.bundle.jks.siem.keystore.password", "changeit");
            properties.put("spring.ssl.bundle.jks.siem.keystore.type", "PKCS12");
            properties.put("spring.ssl.bundle.jks.siem.truststore.location", "file:" + folder.resolve("collector.p12"));
            properties.put("spring.ssl.bundle.jks.siem.truststore.password", "changeit");
            properties.put("spring.ssl.bundle.jks.siem.truststore.type", "PKCS12");
            try (ActStage named = new ActStage(properties)) {
                assertThat(named.attempt(action())).isInstanceOf(Outcome.Done.class);
            }
            assertThat(mutual.records()).hasSize(1);
        }
    }

    @Test
    void sendsOverUdpAndClaimsNoMoreThanThat() throws Exception {
        try (DatagramSocket collector = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ActStage unheard = new ActStage(Map.of(
                        "signalbox.targets.siem.kind",
                        "syslog",
                        "signalbox.targets.siem.url",
                        "udp://127.0.0.1:" + collector.getLocalPort()))) {
            collector.setSoTimeout(10_000);

            Outcome outcome = unheard.attempt(action());

            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            collector.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .startsWith("<106>1 2026-11-22T10:00:00Z - signalbox - caep.risk-level-change [signalbox@32473 ");
            assertThat(outcome.detail()).contains("UDP does not tell");
        }
    }
}
