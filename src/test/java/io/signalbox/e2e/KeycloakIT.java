package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Keycloak;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar and a real Keycloak, set up as {@code src/docs/receiver.md} says: our commands make the streams there, what
 * happens there arrives by both ways, and what policy wants is done there. With {@code mvn -Pkeycloak verify}.
 */
class KeycloakIT {

    @TempDir
    Path folder;

    /** Of all that happens, one thing disables an account: an administrator who changes somebody's password. */
    private static final String RULES = """
            package policy

            import io.signalbox.event.CaepEvent.CredentialChange
            import io.signalbox.event.CaepEvent.SessionRevoked
            import io.signalbox.event.InitiatingEntity

            global io.signalbox.action.Actions actions

            rule "An administrator changed a password: disable the account until somebody has looked"
            when
              CredentialChange( credentialType == "password", common.initiatingEntity == InitiatingEntity.ADMIN )
            then
              actions.disableAccount();
            end

            rule "Sessions were revoked: tell it"
            when
              SessionRevoked()
            then
              actions.note("Sessions were revoked");
            end
            """;

    private static final String CASES = """
            - case: an administrator sets a password
              given: { event: caep/credential-change, credential_type: password, change_type: update, initiating_entity: admin }
              then: [account.disable]
            - case: a user changes the password
              given: { event: caep/credential-change, credential_type: password, change_type: update, initiating_entity: user }
              then: []
              near-miss: "An administrator changed a password: disable the account until somebody has looked"
            - case: a session ends
              given: { event: caep/session-revoked }
              then: [ticket.note]
            """;

    @Test
    void whatHappensAtKeycloakArrivesIsDecidedAndDoneThere() throws Exception {
        try (Keycloak keycloak = Keycloak.start(Keycloak.distribution());
                RecordingTarget desk = new RecordingTarget()) {
            int port = freePort();
            secret("polled-secret", keycloak.addReceiver("polled", null));
            secret("pushed-secret", keycloak.addReceiver("pushed", "http://127.0.0.1:" + port + "/*"));
            keycloak.addScimClient("scim");
            secret("scim-token", keycloak.token("scim", null));
            secret("header", "Bearer what-keycloak-must-send");
            secret("secret", "a-secret-shared-with-the-desk");
            Files.createDirectories(folder.resolve("rules/policy"));
            Files.writeString(folder.resolve("rules/policy/keycloak.drl"), RULES);
            Files.writeString(folder.resolve("rules/policy/keycloak.cases.yaml"), CASES);
            String configuration = configuration(keycloak, desk, port);

            try (RunningJar jar = RunningJar.start(folder, configuration, "--server.port=" + port)) {
                Gateway gateway = new Gateway(
                        jar.url(),
                        Files.readString(folder.resolve("data/admin-token")).strip());
                RunningJar.Ended made = RunningJar.command(folder, List.of("receiver", "apply"));
                assertThat(made.exitCode()).as(made.output()).isZero();
                RunningJar.Ended again = RunningJar.command(folder, List.of("receiver", "apply"));
                assertThat(again.exitCode()).as(again.output()).isZero();
                assertThat(again.output()).contains("polled", "pushed").doesNotContain("the-secret-of-");

                aLogoutArrivesByBothWays(keycloak, gateway, jar);
                aPasswordThatAnAdministratorChangedDisablesTheAccount(keycloak, gateway, jar);
                bothSourcesAreUp(gateway, jar);
                assertThat(jar.log()).doesNotContain("the-secret-of-", "what-keycloak-must-send");
            }
        }
    }

    private static void aLogoutArrivesByBothWays(Keycloak keycloak, Gateway gateway, RunningJar jar) {
        keycloak.logout(keycloak.login(Keycloak.PASSWORD));

        // Each stream signs a SET of its own for the same logout.
        List<JsonNode> told = arrived(gateway, jar, 2, isOf("caep/session-revoked"));
        assertThat(told).allSatisfy(signal -> {
            assertThat(signal.path("subject").path("format").asText()).isEqualTo("complex");
            assertThat(signal.path("subject").path("session").path("format").asText())
                    .isEqualTo("opaque");
            assertThat(signal.path("actions"))
                    .extracting(action -> action.path("kind").asText())
                    .containsExactly("ticket.note");
        });
    }

    private static void aPasswordThatAnAdministratorChangedDisablesTheAccount(
            Keycloak keycloak, Gateway gateway, RunningJar jar) {
        assertThat(keycloak.user().path("enabled").asBoolean()).isTrue();

        keycloak.resetPassword("another password altogether");

        List<JsonNode> told = arrived(gateway, jar, 2, isOf("caep/credential-change"));
        // Two SETs tell of it: one disables the account; the other comes at the same moment, finds that done, or is not
        // sent.
        assertThat(told).extracting(signal -> signal.path("actions").size()).containsOnly(1);
        List<JsonNode> actions =
                told.stream().map(signal -> signal.path("actions").path(0)).toList();
        assertThat(actions).allSatisfy(action -> {
            assertThat(action.path("kind").asText()).isEqualTo("account.disable");
            assertThat(action.path("target").asText()).isEqualTo("directory");
            assertThat(action.path("state").asText()).isIn("done", "already-done", "suppressed");
        });
        assertThat(actions)
                .anySatisfy(action -> assertThat(action.path("state").asText()).isEqualTo("done"));
        assertThat(keycloak.user().path("enabled").asBoolean())
                .as("disabled at Keycloak")
                .isFalse();
        assertThat(keycloak.user().path("email").asText()).isEqualTo("alice@acme.example");
    }

    private static void bothSourcesAreUp(Gateway gateway, RunningJar jar) {
        Awaitility.await("both sources are up")
                .atMost(Duration.ofSeconds(60))
                .failFast(() -> !jar.isAlive())
                .untilAsserted(() -> assertThat(
                                Gateway.json(gateway.get("/api/sources").body()).path("items"))
                        .hasSize(2)
                        .allSatisfy(source -> assertThat(source.path("state").asText())
                                .as(source.toString())
                                .isEqualTo("up")));
    }

    private static Predicate<JsonNode> isOf(String type) {
        return signal -> signal.path("type").asText().equals(type);
    }

    /** Waits until so many such signals are there and all that they ask for has ended. */
    private static List<JsonNode> arrived(Gateway gateway, RunningJar jar, int count, Predicate<JsonNode> wanted) {
        return Awaitility.await("what happened at Keycloak")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofSeconds(1))
                .failFast(() -> !jar.isAlive())
                .until(
                        () -> gateway.ledger().stream().filter(wanted).toList(),
                        found -> found.size() == count && found.stream().allMatch(KeycloakIT::ended));
    }

    private static boolean ended(JsonNode signal) {
        for (JsonNode action : signal.path("actions")) {
            if (!List.of("done", "already-done", "not-found", "refused", "dead", "suppressed")
                    .contains(action.path("state").asText())) {
                return false;
            }
        }
        return !signal.path("decision").isMissingNode();
    }

    private String configuration(Keycloak keycloak, RecordingTarget desk, int port) {
        return """
                signalbox:
                  http:
                    allow: [127.0.0.0/8]
                  rules-directory: ./rules
                  trust:
                    - issuer: %1$s
                      discovery: true
                      audiences: [%2$s]
                      events: ["caep:*"]
                      subjects: ["iss_sub:%1$s", "session.opaque:*"]
                  sources:
                    - name: polled
                      transmitter: %1$s
                      delivery: poll
                      poll-interval: 1s
                      must-be-up: true
                      events: [session-revoked, credential-change]
                      credentials:
                        token-uri: %3$s
                        client-id: polled
                        client-secret-file: ./polled-secret
                        scope: ssf.read ssf.manage
                    - name: pushed
                      transmitter: %1$s
                      delivery: push
                      endpoint-url: http://127.0.0.1:%4$d/push/pushed
                      authorization-header-file: ./header
                      events: [session-revoked, credential-change]
                      credentials:
                        token-uri: %3$s
                        client-id: pushed
                        client-secret-file: ./pushed-secret
                        scope: ssf.read ssf.manage
                  targets:
                    desk:
                      kind: webhook
                      url: %5$s/hook
                      secret-file: ./secret
                      actions: [ticket.note]
                    directory:
                      kind: scim
                      url: %6$s
                      token-file: ./scim-token
                      actions: [account.disable]
                      options:
                        lookup: filter
                        iss-sub-attribute: id
                """.formatted(keycloak.issuer(), Sets.AUDIENCE, keycloak.tokenUri(), port, desk.url(), keycloak.scim());
    }

    private void secret(String name, String value) throws IOException {
        Files.writeString(folder.resolve(name), value);
    }

    /** Keycloak has to know where it may push before the gateway is there. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
