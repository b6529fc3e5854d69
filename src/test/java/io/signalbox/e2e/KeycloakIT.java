package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Keycloak;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
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

    /** The same target by two ways: its admin API and SCIM. */
    private static final String RULES = """
            package policy

            import io.signalbox.event.CaepEvent.CredentialChange
            import io.signalbox.event.CaepEvent.SessionRevoked
            import io.signalbox.event.ChangeType
            import io.signalbox.event.InitiatingEntity

            global io.signalbox.action.Actions actions

            rule "An administrator changed a password: disable the account until somebody has looked"
            when
              CredentialChange( credentialType == "password", changeType == ChangeType.UPDATE,
                common.initiatingEntity == InitiatingEntity.ADMIN )
            then
              actions.disableAccount().at("keycloak");
            end

            rule "An administrator took a password away: disable the account over SCIM"
            when
              CredentialChange( credentialType == "password", changeType == ChangeType.DELETE,
                common.initiatingEntity == InitiatingEntity.ADMIN )
            then
              actions.disableAccount().at("directory");
            end

            rule "A session ended: end what is left of it"
            when
              SessionRevoked()
            then
              actions.revokeSessions();
            end
            """;

    private static final String CASES = """
            - case: an administrator sets a password
              given: { event: caep/credential-change, credential_type: password, change_type: update, initiating_entity: admin }
              then: [{ kind: account.disable, at: keycloak }]
            - case: an administrator takes a password away
              given: { event: caep/credential-change, credential_type: password, change_type: delete, initiating_entity: admin }
              then: [{ kind: account.disable, at: directory }]
            - case: a user changes the password
              given: { event: caep/credential-change, credential_type: password, change_type: update, initiating_entity: user }
              then: []
              near-miss: "An administrator changed a password: disable the account until somebody has looked"
            - case: a session ends
              given: { event: caep/session-revoked }
              then: [session.revoke]
            """;

    @Test
    void whatHappensAtKeycloakArrivesIsDecidedAndDoneThere() throws Exception {
        try (Keycloak keycloak = Keycloak.start(Keycloak.distribution())) {
            int port = freePort();
            secret("polled-secret", keycloak.addReceiver("polled", null));
            secret("pushed-secret", keycloak.addReceiver("pushed", "http://127.0.0.1:" + port + "/*"));
            secret("admin-secret", keycloak.addUserManager("manager"));
            keycloak.addScimClient("scim");
            secret("scim-token", keycloak.token("scim", null));
            secret("header", "Bearer what-keycloak-must-send");
            Files.createDirectories(folder.resolve("rules/policy"));
            Files.writeString(folder.resolve("rules/policy/keycloak.drl"), RULES);
            Files.writeString(folder.resolve("rules/policy/keycloak.cases.yaml"), CASES);
            String configuration = configuration(keycloak, port);
            Files.writeString(folder.resolve("application.yaml"), configuration);
            RunningJar.Ended made = RunningJar.command(folder, List.of("receiver", "apply"));
            assertThat(made.exitCode()).as(made.output()).isZero();
            RunningJar.Ended again = RunningJar.command(folder, List.of("receiver", "apply"));
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(again.output()).contains("polled", "pushed").doesNotContain("the-secret-of-");

            try (RunningJar jar = RunningJar.start(folder, configuration, "--server.port=" + port)) {
                Gateway gateway = new Gateway(
                        jar.url(),
                        Files.readString(folder.resolve("data/admin-token")).strip());
                aLogoutArrivesByBothWays(keycloak, gateway, jar);
                aPasswordThatAnAdministratorChangedDisablesTheAccountAndItsEchoDoesNothing(keycloak, gateway, jar);
                whatWasDoneIsTakenBack(keycloak, gateway, jar);
                anAccountIsDisabledOverScim(keycloak, gateway, jar);
                bothStreamsAreUpAndVerified(gateway, jar);
                assertThat(jar.log()).doesNotContain("the-secret-of-", "what-keycloak-must-send");
            }
        }
    }

    private static void aLogoutArrivesByBothWays(Keycloak keycloak, Gateway gateway, RunningJar jar) {
        keycloak.logout(keycloak.login(Keycloak.PASSWORD));

        // Each stream signs a SET of its own for the same logout.
        List<JsonNode> told = arrived(gateway, jar, isOf("caep/session-revoked"));
        assertThat(told).allSatisfy(signal -> {
            assertThat(signal.path("subject").path("format").asText()).isEqualTo("complex");
            assertThat(signal.path("subject").path("session").path("format").asText())
                    .isEqualTo("opaque");
        });
        // The session is gone. What the second SET asks for can be taken for the echo of the first one's, under way by
        // then.
        assertThat(told)
                .extracting(signal -> signal.path("actions").path(0))
                .allSatisfy(action -> {
                    assertThat(action.path("kind").asText()).isEqualTo("session.revoke");
                    assertThat(action.path("target").asText()).isEqualTo("keycloak");
                })
                .extracting(action -> action.path("state").asText())
                .contains("already-done")
                .isSubsetOf("already-done", "suppressed");
    }

    private static void aPasswordThatAnAdministratorChangedDisablesTheAccountAndItsEchoDoesNothing(
            Keycloak keycloak, Gateway gateway, RunningJar jar) {
        assertThat(keycloak.user().path("enabled").asBoolean()).isTrue();

        keycloak.resetPassword("another password altogether");

        List<JsonNode> told = arrived(gateway, jar, isOf("caep/credential-change"));
        // Two SETs tell of it: whichever is first disables the account, the other comes at the same moment, finds it
        // so, or is known for a repeat.
        assertThat(told).extracting(signal -> signal.path("actions").size()).containsOnly(1);
        assertThat(told)
                .extracting(signal -> signal.path("actions").path(0))
                .allSatisfy(action -> assertThat(action.path("target").asText()).isEqualTo("keycloak"))
                .extracting(action -> action.path("state").asText())
                .contains("done")
                .isSubsetOf("done", "already-done", "suppressed");
        assertThat(keycloak.user().path("enabled").asBoolean())
                .as("disabled at Keycloak")
                .isFalse();
        assertThat(keycloak.user().path("email").asText()).isEqualTo("alice@acme.example");

        // To suspend is to log out as well, and that Keycloak tells, on each stream, as the end of all sessions.
        List<JsonNode> echoes = arrived(gateway, jar, KeycloakIT::tellsOfAllSessions);
        assertThat(echoes).extracting(signal -> signal.path("actions").path(0)).allSatisfy(action -> {
            assertThat(action.path("kind").asText()).isEqualTo("session.revoke");
            assertThat(action.path("state").asText()).isEqualTo("suppressed");
            assertThat(action.path("attempts").path(0).path("detail").asText())
                    .startsWith("echo: the signal tells what our own action");
        });
    }

    private static boolean tellsOfAllSessions(JsonNode signal) {
        return isOf("caep/session-revoked").test(signal)
                && signal.path("subject").path("session").path("id").asText().equals("ALL");
    }

    private static void whatWasDoneIsTakenBack(Keycloak keycloak, Gateway gateway, RunningJar jar) {
        HttpResponse<String> answer =
                gateway.post("/api/undo", "{\"target\": \"keycloak\", \"why\": \"looked at, all is well\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        Awaitility.await("enabled at Keycloak again")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(500))
                .failFast(() -> !jar.isAlive())
                .until(() -> keycloak.user().path("enabled").asBoolean());
        Awaitility.await("the action's story ends")
                .atMost(Duration.ofSeconds(120))
                .failFast(() -> !jar.isAlive())
                .untilAsserted(() -> assertThat(gateway.ledger().stream()
                                .filter(isOf("caep/credential-change"))
                                .map(signal -> signal.path("actions")
                                        .path(0)
                                        .path("state")
                                        .asText()))
                        .contains("undone")
                        .isSubsetOf("undone", "suppressed"));
    }

    private static void anAccountIsDisabledOverScim(Keycloak keycloak, Gateway gateway, RunningJar jar) {
        keycloak.takePasswordAway();

        List<JsonNode> told =
                arrived(gateway, jar, isOf("caep/credential-change").and(signal -> signal.path("events")
                        .path(0)
                        .path("payload")
                        .path("change_type")
                        .asText()
                        .equals("delete")));
        assertThat(told)
                .extracting(signal -> signal.path("actions").path(0))
                .allSatisfy(action -> assertThat(action.path("target").asText()).isEqualTo("directory"))
                .extracting(action -> action.path("state").asText())
                .contains("done")
                .isSubsetOf("done", "already-done", "suppressed");
        assertThat(keycloak.user().path("enabled").asBoolean())
                .as("disabled at Keycloak")
                .isFalse();
    }

    private static void bothStreamsAreUpAndVerified(Gateway gateway, RunningJar jar) {
        // Keycloak gives a push a second. The first one to a gateway that has just started may take longer; then it is
        // asked again after a minute.
        Awaitility.await("both sources are up")
                .atMost(Duration.ofSeconds(240))
                .pollInterval(Duration.ofSeconds(1))
                .failFast(() -> !jar.isAlive())
                .untilAsserted(() -> assertThat(
                                Gateway.json(gateway.get("/api/sources").body()).path("items"))
                        .hasSize(2)
                        .allSatisfy(source -> {
                            assertThat(source.path("state").asText())
                                    .as(source.toString())
                                    .isEqualTo("up");
                            assertThat(source.path("stream").path("status").asText())
                                    .isEqualTo("enabled");
                            assertThat(source.path("stream").has("roundTripSeconds"))
                                    .as(source.toString())
                                    .isTrue();
                        }));
    }

    private static Predicate<JsonNode> isOf(String type) {
        return signal -> signal.path("type").asText().equals(type);
    }

    /** Waits until such signals came by both ways and all that they ask for has ended. */
    private static List<JsonNode> arrived(Gateway gateway, RunningJar jar, Predicate<JsonNode> wanted) {
        return Awaitility.await("what happened at Keycloak")
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofSeconds(1))
                .failFast(() -> !jar.isAlive())
                .until(
                        () -> gateway.ledger().stream().filter(wanted).toList(),
                        found -> found.size() >= 2 && found.stream().allMatch(KeycloakIT::ended));
    }

    private static boolean ended(JsonNode signal) {
        for (JsonNode action : signal.path("actions")) {
            if (!List.of("done", "already-done", "suppressed", "not-found", "refused", "dead")
                    .contains(action.path("state").asText())) {
                return false;
            }
        }
        return !signal.path("decision").isMissingNode();
    }

    private String configuration(Keycloak keycloak, int port) {
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
                  guard:
                    echoes:
                      keycloak: %1$s
                  targets:
                    keycloak:
                      kind: keycloak
                      url: %5$s
                      secret-file: ./admin-secret
                      auth:
                        token-url: %3$s
                        client-id: manager
                      actions: [account.disable, account.enable, session.revoke]
                    directory:
                      kind: scim
                      url: %6$s
                      token-file: ./scim-token
                      actions: [account.disable]
                      options:
                        lookup: filter
                        iss-sub-attribute: id
                """.formatted(
                        keycloak.issuer(), Sets.AUDIENCE, keycloak.tokenUri(), port, keycloak.admin(), keycloak.scim());
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
