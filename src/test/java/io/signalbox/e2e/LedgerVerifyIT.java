package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RunningJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ledger verify} as an auditor runs it: beside the gateway, after a crash, and after somebody was at the file. */
class LedgerVerifyIT {

    private static final int SETS = 3;
    /** What the shipped policy asks of a desk that does everything, for one HIGH risk. */
    private static final int ACTIONS_EACH = 4;

    @TempDir
    Path folder;

    private record Run(int exitCode, String output) {
        JsonNode json() {
            return Gateway.json(output);
        }
    }

    private record Tampering(String what, String sql, String problem, String kind, String id) {}

    @Test
    void provesTheLedgerBesideARunningGatewayAndNamesEachRowThatWasTamperedWith() throws Exception {
        String signal;
        String action;
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                RecordingTarget desk = new RecordingTarget();
                RunningJar jar = RunningJar.start(folder, RunningJar.configuration(folder, transmitter, desk))) {
            Gateway gateway = new Gateway(
                    jar.url(),
                    Files.readString(folder.resolve("data/admin-token")).strip());
            for (int i = 0; i < SETS; i++) {
                assertThat(gateway.push(transmitter
                                        .set(Instant.now())
                                        .with("jti", "audited-" + i)
                                        .compact())
                                .statusCode())
                        .isEqualTo(202);
            }
            JsonNode story = gateway.ended(transmitter.issuer(), "audited-0");
            for (int i = 1; i < SETS; i++) {
                story = gateway.ended(transmitter.issuer(), "audited-" + i);
            }
            signal = story.path("id").asText();
            action = story.path("actions").path(0).path("id").asText();

            Run beside = verify(folder.resolve("data"), "--json");
            assertThat(beside.exitCode()).as(beside.output()).isZero();
            assertThat(beside.json().path("result").asText()).isEqualTo("valid");
            assertThat(beside.json().path("decisions").asInt()).isEqualTo(SETS);
            assertThat(beside.json().path("actions").asInt()).isEqualTo(SETS * ACTIONS_EACH);
            assertThat(beside.json().path("attempts").asInt()).isEqualTo(SETS * ACTIONS_EACH);
            // Two more: the policy that was published at the first start, and that it is active.
            assertThat(beside.json().path("entries").asInt()).isEqualTo(2 + SETS + SETS * ACTIONS_EACH);
            assertThat(beside.json().path("head").path("hash").asText()).hasSize(64);
            assertThat(beside.json().path("findings")).isEmpty();
            assertThat(beside.json().path("pruned").path("signals").asInt(-1)).isZero();
            jar.kill();
        }

        afterAKillItIsReadAndNotWritten();

        List<Tampering> tamperings = List.of(
                new Tampering(
                        "altered",
                        "UPDATE decision SET severity = 'INFO' WHERE signal_id = '" + signal + "'",
                        "altered",
                        "decision",
                        signal),
                new Tampering(
                        "deleted",
                        "DELETE FROM attempt WHERE action_id = '" + action + "'",
                        "deleted",
                        "attempt",
                        action + ":1"),
                new Tampering(
                        "reordered",
                        "UPDATE chain SET seq = -seq WHERE seq IN (1, 2); UPDATE chain SET seq = 3 + seq WHERE seq < 0",
                        "reordered",
                        "chain",
                        ""));
        for (Tampering tampering : tamperings) {
            Path data = tamperedWith(tampering);
            Run run = verify(data, "--json");
            assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
            assertThat(run.json().path("result").asText()).isEqualTo("broken");
            assertThat(run.json().path("findings")).anySatisfy(finding -> {
                assertThat(finding.path("problem").asText()).isEqualTo(tampering.problem());
                assertThat(finding.path("kind").asText()).isEqualTo(tampering.kind());
                assertThat(finding.path("id").asText()).contains(tampering.id());
                assertThat(finding.path("id").asText()).isNotEmpty();
            });
        }
        Run line = verify(folder.resolve("altered"));
        assertThat(line.exitCode()).isEqualTo(1);
        assertThat(line.output()).startsWith("The chain is broken").contains("decision " + signal + " altered");
    }

    private void afterAKillItIsReadAndNotWritten() throws Exception {
        Path file = folder.resolve("data/ledger.db");
        Path log = folder.resolve("data/ledger.db-wal");
        byte[] before = Files.readAllBytes(file);
        byte[] logBefore = Files.readAllBytes(log);

        Run run = verify(folder.resolve("data"));

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).startsWith("The chain is valid: ").hasLineCount(1);
        assertThat(file).hasBinaryContent(before);
        assertThat(log).hasBinaryContent(logBefore);
    }

    private Path tamperedWith(Tampering tampering) throws Exception {
        Path data = Files.createDirectory(folder.resolve(tampering.what()));
        for (String name : List.of("ledger.db", "ledger.db-wal")) {
            Files.copy(folder.resolve("data").resolve(name), data.resolve(name));
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            for (String sql : tampering.sql().split("; ", -1)) {
                assertThat(statement.executeUpdate(sql)).isPositive();
            }
        }
        return data;
    }

    @Test
    void saysSoWhenThereIsNoLedgerAndMakesNone() throws Exception {
        Run run = verify(folder.resolve("nowhere"), "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("result").asText()).isEqualTo("unreadable");
        assertThat(run.json().path("cause").asText()).contains("no ledger in", "nowhere");
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void anotherWordThanVerifyIsMisuse() throws Exception {
        Run run = run(List.of("ledger", "burn"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).contains("usage:", "ledger verify [--file=export.jsonl] [--json]");
    }

    private Run verify(Path data, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("ledger", "verify", "--signalbox.data-directory=" + data));
        arguments.addAll(List.of(options));
        return run(arguments);
    }

    private Run run(List<String> arguments) throws IOException, InterruptedException {
        RunningJar.Ended ended = RunningJar.command(folder, arguments);
        return new Run(ended.exitCode(), ended.output());
    }
}
