package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.store.jdbc.LedgerFill;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code policy simulate} as it is written on a command line. */
class SimulateCommandTest {

    private static final Logger LOG = LoggerFactory.getLogger(SimulateCommandTest.class);

    /** Enough to see that memory and time behave. */
    private static final int SIGNALS = Integer.getInteger("simulate.signals", 100_000);

    private static final String HEAD = """
            package policy
            import io.signalbox.event.*
            import io.signalbox.event.CaepEvent.*
            import io.signalbox.action.Severity
            global io.signalbox.action.Actions actions
            """;

    @TempDir
    Path folder;

    private String output = "";

    private Path rules(String name, String drl) throws IOException {
        Path rules = Files.createDirectories(folder.resolve(name + "/policy"));
        Files.writeString(rules.resolve("draft.drl"), HEAD + drl);
        Files.writeString(rules.resolve("draft.cases.yaml"), "[]");
        return folder.resolve(name);
    }

    private int simulate(Clock clock, String... arguments) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
        int exit = SimulateCommand.run(List.of(arguments), out, out, clock);
        output = written.toString(StandardCharsets.UTF_8);
        return exit;
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(output.substring(output.indexOf('{')));
    }

    /** The recorded policy ended the sessions of every fourth, under one rule that fired on all. */
    @Test
    void tellsWhatADraftWouldChangeInALargeLedger() throws Exception {
        Path file = folder.resolve("ledger.db");
        int migrated = Flyway.configure()
                .dataSource("jdbc:sqlite:" + file, null, null)
                .load()
                .migrate()
                .migrationsExecuted;
        assertThat(migrated).isPositive();
        long begin = System.nanoTime();
        LedgerFill fill = new LedgerFill(file);
        fill.to(SIGNALS);
        long filled = System.nanoTime();
        Path draft = rules("draft", """
                rule "Red: a note" when UnknownEvent( uri == "https://vendor.example/event/colour-change" )
                then actions.note("red"); actions.severity(Severity.HIGH); end
                """);
        Clock after = Clock.fixed(LedgerFill.received(SIGNALS), ZoneOffset.UTC);

        int exit = simulate(
                after,
                "--rules",
                draft.toString(),
                "--days",
                "30",
                "--share",
                "1",
                "--json",
                "--signalbox.data-directory=" + folder);

        LOG.info(
                "simulate: {} signals filled in {} s, simulated in {} s",
                SIGNALS,
                Duration.ofNanos(filled - begin).toSeconds(),
                Duration.ofNanos(System.nanoTime() - filled).toSeconds());
        assertThat(exit).as(output).isZero();
        JsonNode result = json();
        assertThat(result.path("signals").asInt()).isEqualTo(SIGNALS);
        assertThat(result.path("changed").asInt()).isEqualTo(SIGNALS);
        assertThat(result.path("rules").path("Red: a note").path("more").asInt())
                .isEqualTo(SIGNALS);
        assertThat(result.path("rules")
                        .path("High risk: end the sessions")
                        .path("less")
                        .asInt())
                .isEqualTo(SIGNALS);
        assertThat(result.path("kinds").path("session.revoke").path("less").asInt())
                .isEqualTo((SIGNALS + 3) / 4);
        assertThat(result.path("kinds").path("ticket.note").path("after").asInt())
                .isEqualTo(SIGNALS);
        assertThat(output).doesNotContain("@acme.example");

        assertThat(simulate(
                        Clock.fixed(LedgerFill.received(2_000), ZoneOffset.UTC),
                        "--rules",
                        draft.toString(),
                        "--days",
                        "1",
                        "--against",
                        draft.toString(),
                        "--signalbox.data-directory=" + folder))
                .isZero();
        assertThat(output).contains("2000 signals, 0 would be decided otherwise");
    }

    @Test
    void goesThroughAFileOfEventsAndRemembersHowSubjectsStood() throws IOException {
        Path before = rules("before", """
                rule "High" when RiskLevelChange( currentLevel == RiskLevel.HIGH ) then actions.note("high"); end
                """);
        Path draft = rules("draft", """
                rule "High again" when RiskLevelChange( currentLevel == RiskLevel.HIGH )
                  Posture( risk == RiskLevel.MEDIUM ) then actions.note("from medium"); end
                """);
        Instant noon = Instant.parse("2026-03-01T12:00:00Z");
        Path events = Files.write(
                folder.resolve("events.jsonl"),
                List.of(
                        risk(noon, "HIGH"),
                        risk(noon.plusSeconds(60), "MEDIUM"),
                        "",
                        risk(noon.plusSeconds(120), "HIGH")));

        assertThat(simulate(
                        Clock.systemUTC(),
                        "--rules",
                        draft.toString(),
                        "--against",
                        before.toString(),
                        "--events",
                        events.toString(),
                        "--names"))
                .as(output)
                .isZero();

        assertThat(output)
                .contains("3 signals, 2 would be decided otherwise")
                .contains("fewer actions: ticket.note")
                .contains("other actions: ticket.note")
                .contains("ada@acme.example");
    }

    private static String risk(Instant at, String level) {
        return """
                {"iss":"https://idp.acme.example","jti":"%s","iat":%d,\
                "sub_id":{"format":"email","email":"ada@acme.example"},\
                "events":{"https://schemas.openid.net/secevent/caep/event-type/risk-level-change":\
                {"principal":"USER","current_level":"%s","event_timestamp":%d}}}""".formatted(at, at.getEpochSecond(), level, at.getEpochSecond());
    }

    @Test
    void saysWhatCannotBeUsed() throws IOException {
        Path broken = rules("broken", "rule \"runs code\" when RiskLevelChange() then System.exit(3); end");
        Path good = rules("good", "rule \"r\" when RiskLevelChange() then actions.note(\"n\"); end");
        Path events = Files.writeString(folder.resolve("events.jsonl"), risk(Instant.EPOCH, "LOW") + "\nnonsense\n");

        assertThat(simulate(Clock.systemUTC(), "--rules", broken.toString(), "--signalbox.data-directory=" + folder))
                .isEqualTo(CommandLine.BAD);
        assertThat(output).contains("There is no ledger");
        assertThat(simulate(
                        Clock.systemUTC(),
                        "--rules",
                        broken.toString(),
                        "--against",
                        good.toString(),
                        "--events",
                        events.toString(),
                        "--json"))
                .isEqualTo(CommandLine.BAD);
        assertThat(json().path("problems").toString()).contains("runs code");
        assertThat(simulate(
                        Clock.systemUTC(),
                        "--rules",
                        good.toString(),
                        "--against",
                        good.toString(),
                        "--events",
                        events.toString()))
                .isEqualTo(CommandLine.BAD);
        assertThat(output).contains("events.jsonl:2");
        assertThat(simulate(Clock.systemUTC(), "--rules", good.toString(), "--days", "0"))
                .isEqualTo(CommandLine.MISUSE);
        assertThat(simulate(Clock.systemUTC(), "--rules", good.toString(), "--events", events.toString()))
                .isEqualTo(CommandLine.MISUSE);
        assertThat(simulate(Clock.systemUTC(), "--days", "3")).isEqualTo(CommandLine.MISUSE);
    }
}
