package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.OutsideBroker;
import io.signalbox.testing.PostgresServer;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RunningJar;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * The jar with a real PostgreSQL and an Artemis over TCP, set up by the very environment that the compose file gives
 * it; and what senders and operators see while one of the two is away.
 */
class ProductionIT {

    private static final String USER = "signalbox";
    private static final String PASSWORD = "a-password-from-a-file";

    @TempDir
    Path folder;

    @Test
    void theComposeFilesEnvironmentCarriesTheFlowAndOutagesAreSurvived() throws Exception {
        String database = PostgresServer.newDatabase();
        PostgresServer.own(database, USER, PASSWORD);
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                RecordingTarget desk = new RecordingTarget();
                OutsideBroker broker = new OutsideBroker(folder.resolve("broker"), USER, PASSWORD);
                RunningJar jar = RunningJar.start(
                        folder, RunningJar.configuration(folder, transmitter, desk), environment(database, broker))) {
            Gateway gateway = new Gateway(
                    jar.url(),
                    Files.readString(folder.resolve("data/admin-token")).strip());
            assertThat(jar.log()).contains(database, broker.url()).doesNotContain(PASSWORD);
            assertThat(folder.resolve("data/broker")).doesNotExist();

            assertThat(gateway.push(transmitter
                                    .set(Instant.now())
                                    .with("jti", "all-is-well")
                                    .compact())
                            .statusCode())
                    .as(() -> jar.log())
                    .isEqualTo(202);
            allDone(gateway.ended(transmitter.issuer(), "all-is-well"));

            aSenderIsToldToTryAgainWhileTheBrokerIsAway(gateway, transmitter, broker, jar);
            aSignalWaitsWhileTheLedgerIsAway(gateway, transmitter, database, jar);
            theLedgerIsProvenAndAnAlteredRowIsFound(database, environment(database, broker));
        }
    }

    private void theLedgerIsProvenAndAnAlteredRowIsFound(String database, Map<String, String> environment)
            throws Exception {
        List<String> verify = List.of("ledger", "verify");
        RunningJar.Ended sound = RunningJar.command(folder, environment, verify);
        assertThat(sound.exitCode()).as(sound.output()).isZero();
        assertThat(sound.output()).startsWith("The chain is valid").doesNotContain(PASSWORD);

        try (Connection connection = DriverManager.getConnection(database, USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE attempt SET detail = 'HTTP 500'"))
                    .isPositive();
        }
        RunningJar.Ended broken = RunningJar.command(folder, environment, verify);
        assertThat(broken.exitCode()).as(broken.output()).isEqualTo(1);
        assertThat(broken.output()).startsWith("The chain is broken").contains("altered");
    }

    private static void aSenderIsToldToTryAgainWhileTheBrokerIsAway(
            Gateway gateway, FakeTransmitter transmitter, OutsideBroker broker, RunningJar jar) throws Exception {
        broker.stop();
        HttpResponse<String> answer = push(gateway, transmitter, "no-broker", 503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).isEmpty();
        assertThat(readiness(jar)).isEqualTo(503);

        broker.start();
        Awaitility.await("the broker is found again")
                .atMost(Duration.ofSeconds(60))
                .until(() -> gateway.push(transmitter
                                        .set(Instant.now())
                                        .with("jti", "no-broker")
                                        .compact())
                                .statusCode()
                        == 202);
        allDone(gateway.ended(transmitter.issuer(), "no-broker"));
    }

    private static void aSignalWaitsWhileTheLedgerIsAway(
            Gateway gateway, FakeTransmitter transmitter, String database, RunningJar jar) {
        PostgresServer.shut(database);
        // The promise is kept by the queue; the ledger is not needed for it.
        push(gateway, transmitter, "no-ledger", 202);
        Awaitility.await("readiness tells").atMost(Duration.ofSeconds(30)).until(() -> readiness(jar) == 503);
        assertThat(gateway.get("/api/signals").statusCode()).isEqualTo(503);

        PostgresServer.open(database);
        JsonNode story = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> gateway.story(transmitter.issuer(), "no-ledger"),
                        found -> !found.path("decision").path("decidedAt").isMissingNode());
        assertThat(story.path("parkedBecause").asText("")).isEmpty();
        allDone(gateway.ended(transmitter.issuer(), "no-ledger"));
    }

    private static int readiness(RunningJar jar) {
        return new Gateway(jar.management(), "")
                .call(HttpRequest.newBuilder(URI.create(jar.management() + "/actuator/health/readiness")))
                .statusCode();
    }

    private static HttpResponse<String> push(Gateway gateway, FakeTransmitter transmitter, String jti, int status) {
        HttpResponse<String> answer =
                gateway.push(transmitter.set(Instant.now()).with("jti", jti).compact());
        assertThat(answer.statusCode()).isEqualTo(status);
        return answer;
    }

    private static void allDone(JsonNode story) {
        assertThat(story.path("actions"))
                .isNotEmpty()
                .allSatisfy(action -> assertThat(action.path("state").asText()).isEqualTo("done"));
    }

    /** What compose.yaml sets, with the places of this test instead of the compose network's. */
    private Map<String, String> environment(String database, OutsideBroker broker) throws Exception {
        Path secret = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        Map<String, String> environment = new TreeMap<>();
        try (Reader reader = Files.newBufferedReader(Path.of("docker/compose.yaml"))) {
            JsonNode compose = new ObjectMapper().valueToTree(new Yaml().load(reader));
            compose.path("services")
                    .path("signalbox")
                    .path("environment")
                    .properties()
                    .forEach(entry ->
                            environment.put(entry.getKey(), entry.getValue().asText()));
            environment.replaceAll((name, value) -> value.replace("jdbc:postgresql://postgres:5432/signalbox", database)
                    .replace("tcp://artemis:61616", broker.url())
                    .replaceFirst("^/run/secrets/.*", secret.toString()));
        }
        assertThat(environment).hasSizeGreaterThanOrEqualTo(6);
        return environment;
    }
}
