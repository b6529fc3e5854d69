package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The guard as those outside see it: signals come in by HTTP, a directory is or is not changed. */
abstract class GuardStories extends GuardScene {

    @Test
    void aProtectedSubjectIsNotTouchedUnderWhateverIdentifierAndSomebodyIsTold() {
        String jti = push(high(transmitter, "x")
                .with(
                        "sub_id",
                        Map.of(
                                "format",
                                "aliases",
                                "identifiers",
                                List.of(
                                        Map.of("format", "opaque", "id", "whoever"),
                                        Map.of("format", "email", "email", "Root@ACME.example")))));

        JsonNode action = action(transmitter, jti, "account.disable");
        assertThat(action.path("state").asText()).isEqualTo("suppressed");
        assertThat(action.path("attempts").path(0).path("detail").asText())
                .isEqualTo("protected: the subject is protected");
        assertThat(directory.active("id-root")).isTrue();
        ended(action(transmitter, jti, "notify"), "done");
        HttpResponse<String> tried = as(
                ADMIN,
                "POST",
                "/api/targets/directory/test",
                "{\"kind\": \"account.disable\", \"subject\": {\"format\": \"email\", \"email\": \"root@acme.example\"}}");
        assertThat(tried.statusCode()).isEqualTo(409);
        assertThat(Gateway.json(gateway.get("/api/guard").body())
                        .path("protectedSubjects")
                        .path(0)
                        .asText())
                .isEqualTo("email:root@acme.example");
    }

    /** Nothing that the signal says of them is in the list, or in any list: the directory knows who they are. */
    @Test
    void whoTurnsOutToBeProtectedOrAnAdministratorIsNotTouchedAndSomebodyIsTold() {
        for (String user : List.of("root", "admin")) {
            String jti = push(high(transmitter, "x").with("sub_id", Map.of("format", "opaque", "id", "id-" + user)));
            JsonNode disable = ended(action(transmitter, jti, "account.disable"), "suppressed");
            assertThat(disable.path("attempts"))
                    .extracting(each -> each.path("detail").asText())
                    .containsExactly("protected: the subject is protected by whom it is at the target directory");
            JsonNode told = ended(action(transmitter, jti, "notify"), "done");
            assertThat(told.path("parameters").path("action").asText()).isEqualTo(id(disable));
            assertThat(directory.active("id-" + user)).isTrue();
            JsonNode evidence = Gateway.json(
                    gateway.get("/api/actions/" + id(disable) + "/evidence").body());
            assertThat(evidence.path("verdict").path("cause").asText()).isEqualTo("protected");
        }
        HttpResponse<String> tried = as(
                ADMIN,
                "POST",
                "/api/targets/directory/test",
                "{\"kind\": \"account.disable\", \"subject\": {\"format\": \"opaque\", \"id\": \"id-admin\"}}");
        assertThat(Gateway.json(tried.body()).path("outcome").asText()).isEqualTo("suppressed");
        JsonNode there = Gateway.json(gateway.get("/api/guard").body())
                .path("protectedAtTargets")
                .path(1);
        assertThat(there.path("target").asText()).isEqualTo("directory");
        assertThat(there.path("lists")).hasSize(2);
        assertThat(there.path("accounts").asInt()).isEqualTo(2);
    }

    @Test
    void oneAccountUnderTwoIdentifiersIsGivenBackWhenBothReasonsAreGone() {
        JsonNode byMail = ended(action(transmitter, push(high(transmitter, "twin")), "account.disable"), "done");
        String jti = push(high(transmitter, "x").with("sub_id", Map.of("format", "opaque", "id", "id-twin")));
        JsonNode byId = ended(action(transmitter, jti, "account.disable"), "already-done");
        post("/api/actions/" + id(byMail) + "/undo", WHY);
        assertThat(ended(byMail, "undone")
                        .path("attempts")
                        .path(1)
                        .path("detail")
                        .asText())
                .isEqualTo("a-operator: for this test; the action " + id(byId) + " still asks for it");
        assertThat(directory.active("id-twin")).isFalse();
        post("/api/actions/" + id(byId) + "/undo", WHY);
        ended(byId, "undone");
        assertThat(directory.active("id-twin")).isTrue();
    }

    @Test
    void onlyWhoIsEntitledGivesBackWhatAnotherHadTaken() {
        JsonNode disable = ended(action(transmitter, push(high(transmitter, "robert")), "account.disable"), "done");
        Map<String, Object> low = Map.of(Sets.RISK_LEVEL_CHANGE, Map.of("principal", "USER", "current_level", "LOW"));
        String foreign = push(high(source, "robert").with("events", low));
        Awaitility.await("it is decided").atMost(Duration.ofSeconds(30)).until(() -> !gateway.story(
                        source.issuer(), foreign)
                .path("decision")
                .path("decidedAt")
                .isMissingNode());
        assertThat(ended(disable, "done").path("attempts")).hasSize(1);
        push(high(ofDirectory, "robert").with("events", low));
        ended(disable, "undone");
        assertThat(directory.active("id-robert")).isTrue();
    }

    @Test
    void whatTheProviderDisabledIsGivenBackWhenTheProviderEnablesIt() {
        String jti = push(event(source, RISC + "account-disabled", email("paula"), Map.of()));
        JsonNode disable = ended(action(source, jti, "account.disable"), "done");
        assertThat(directory.active("id-paula")).isFalse();
        push(event(source, RISC + "account-enabled", email("paula"), Map.of()));
        ended(disable, "undone");
        assertThat(directory.active("id-paula")).isTrue();
    }

    @Test
    void aBudgetMayBeAShareOfAllAndMayCountWhatOneSourceAsksFor() {
        List<String> states = new ArrayList<>();
        for (int user = 0; user < 4; user++) {
            String jti = push(event(transmitter, CLAIMS, email("c" + user), Map.of("claims", Map.of("role", "ro"))));
            states.add(action(transmitter, jti, "token.revoke").path("state").asText());
        }
        assertThat(states.subList(0, 3)).doesNotContain("held");
        assertThat(states.get(3)).isEqualTo("held");
        states.clear();
        for (FakeTransmitter from : List.of(source, source, source, transmitter)) {
            String jti = push(event(
                    from,
                    RISC + "credential-compromise",
                    email("k" + states.size()),
                    Map.of("credential_type", "password")));
            states.add(action(from, jti, "credential.reset").path("state").asText());
        }
        assertThat(states.get(2)).isEqualTo("held");
        assertThat(states.get(0) + states.get(1) + states.get(3)).doesNotContain("held");
    }

    @Test
    void whatAnAdviserOrADryRunWouldHaveDoneIsShownAndNotDone() {
        String advised = push(high(adviser, "adviser"));
        assertThat(action(adviser, advised, "account.disable")
                        .path("attempts")
                        .path(0)
                        .path("detail")
                        .asText())
                .startsWith("advisory: ");
        String rehearsed = push(event(
                transmitter,
                SESSION,
                Map.of("format", "email", "email", "dry@acme.example"),
                Map.of("initiating_entity", "admin")));
        JsonNode vpn = action(transmitter, rehearsed, "vpn.disconnect");
        assertThat(vpn.path("state").asText()).isEqualTo("suppressed");
        assertThat(vpn.path("attempts").path(0).path("detail").asText())
                .isEqualTo("dry-run: the target rehearsal is in dry run");
        assertThat(directory.active("id-adviser")).isTrue();
    }

    @Test
    void aHeldActionGoesByTheLinkInItsNotificationOnce() {
        Map<String, Object> device = Map.of(
                "format",
                "complex",
                "device",
                Map.of("format", "opaque", "id", UUID.randomUUID().toString()));
        String jti = push(event(
                transmitter,
                DEVICE,
                device,
                Map.of("previous_status", "compliant", "current_status", "not-compliant")));
        JsonNode quarantine = action(transmitter, jti, "device.quarantine");
        assertThat(quarantine.path("state").asText()).isEqualTo("held");
        JsonNode told = ended(action(transmitter, jti, "notify"), "done");
        assertThat(told.path("parameters").has("link"))
                .as("whoever reads may not approve")
                .isFalse();
        String link = desk.requests().stream()
                .map(request -> Gateway.json(request.text()))
                .filter(message -> message.path("id").asText().equals(id(told)))
                .map(message -> message.path("parameters").path("link").asText())
                .findFirst()
                .orElseThrow();
        String path = URI.create(link).getPath();

        assertThat(open("GET", path, "").statusCode()).isEqualTo(200);
        assertThat(open("POST", path.replaceAll(".$", path.endsWith("A") ? "B" : "A"), "answer=approve")
                        .statusCode())
                .isEqualTo(404);
        assertThat(ended(quarantine, "held")).isNotNull();
        assertThat(open("POST", path, "answer=approve").body()).contains("Approved");
        ended(quarantine, "done");
        assertThat(open("POST", path, "answer=approve").statusCode()).isEqualTo(404);

        push(event(
                transmitter,
                DEVICE,
                device,
                Map.of("previous_status", "not-compliant", "current_status", "compliant")));
        ended(quarantine, "undone");
    }

    HttpResponse<String> open(String method, String path, String form) {
        return gateway.call(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, BodyPublishers.ofString(form)));
    }

    @Test
    void aRiskThatIsLowAgainGivesTheAccountBack() {
        JsonNode disable = ended(action(transmitter, push(high(transmitter, "rita")), "account.disable"), "done");
        assertThat(directory.active("id-rita")).isFalse();
        push(high(transmitter, "rita")
                .with("events", Map.of(Sets.RISK_LEVEL_CHANGE, Map.of("principal", "USER", "current_level", "LOW"))));
        JsonNode back = ended(disable, "undone");
        assertThat(directory.active("id-rita")).isTrue();
        assertThat(back.path("attempts"))
                .extracting(each -> each.path("outcome").asText())
                .containsExactly("done", "undoing", "undone");
    }

    @Test
    void whatAnIssuerDidIsTakenBackByHandWithAPreviewAndTheEvidenceTellsItAll() {
        Instant since = Instant.now();
        JsonNode disable = ended(action(transmitter, push(high(transmitter, "ursula")), "account.disable"), "done");
        String selection = "{\"issuer\": \"" + transmitter.issuer() + "\", \"target\": \"directory\"";
        JsonNode preview =
                Gateway.json(post("/api/undo?dry-run", selection + "}").body());
        assertThat(preview.path("containments"))
                .extracting(each -> each.path("action").asText())
                .contains(id(disable));
        assertThat(directory.active("id-ursula")).isFalse();
        String mine = "{\"issuer\": \"" + transmitter.issuer() + "\", \"from\": \"" + since
                + "\", \"why\": \"for this test\"}";
        assertThat(Gateway.json(post("/api/undo", mine).body()).path("containments"))
                .extracting(each -> each.path("action").asText())
                .containsExactly(id(disable));
        ended(disable, "undone");
        assertThat(directory.active("id-ursula")).isTrue();
        assertThat(post("/api/actions/" + id(disable) + "/undo", WHY).statusCode())
                .isEqualTo(409);

        JsonNode evidence = Gateway.json(
                gateway.get("/api/actions/" + id(disable) + "/evidence").body());
        assertThat(evidence.path("verdict").path("word").asText()).isEqualTo("goes");
        assertThat(evidence.path("containment").path("liftedBy").asText()).isEqualTo("a-operator: for this test");
        assertThat(evidence.path("chain")).hasSize(4);
        assertThat(evidence.path("signal").path("iss").asText()).isEqualTo(transmitter.issuer());
    }

    @Test
    void theStopSwitchHoldsAndReleasesByCallAndByFile() throws IOException {
        assertThat(post("/api/stop", WHY).statusCode()).isEqualTo(200);
        JsonNode held = action(transmitter, push(high(transmitter, "stella")), "account.disable");
        assertThat(held.path("state").asText()).isEqualTo("held");
        assertThat(post("/api/stop/release", WHY).statusCode()).isEqualTo(409);
        assertThat(as(ADMIN, "POST", "/api/targets/desk/test", "{\"kind\": \"notify\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(post("/api/stop/lift", WHY).statusCode()).isEqualTo(200);
        assertThat(directory.active("id-stella")).isTrue();
        assertThat(post("/api/stop/release", "{\"ids\": [\"" + id(held) + "\"], \"why\": \"checked\"}")
                        .statusCode())
                .isEqualTo(200);
        ended(held, "done");

        Path file = Files.writeString(home.resolve("data").resolve("stop"), "the night shift says so");
        Awaitility.await("the file is heeded").atMost(Duration.ofSeconds(10)).until(() -> Gateway.json(
                        gateway.get("/api/stop").body())
                .path("why")
                .asText()
                .equals("the night shift says so"));
        JsonNode byFile = action(transmitter, push(high(transmitter, "file")), "account.disable");
        assertThat(byFile.path("state").asText()).isEqualTo("held");
        Files.delete(file);
        Awaitility.await("the file is gone").atMost(Duration.ofSeconds(10)).until(() -> !Gateway.json(
                        gateway.get("/api/stop").body())
                .path("thrown")
                .asBoolean());
        post("/api/stop/release", WHY);
        ended(byFile, "done");
    }

    @Test
    void whatTheDirectoryTellsOfOurOwnActionStartsNoSecondRound() {
        JsonNode disable = ended(action(transmitter, push(high(transmitter, "echo")), "account.disable"), "done");
        String told = push(event(
                ofDirectory,
                SESSION,
                Map.of("format", "email", "email", "echo@acme.example"),
                Map.of("initiating_entity", "admin")));
        JsonNode vpn = action(ofDirectory, told, "vpn.disconnect");
        assertThat(vpn.path("state").asText()).isEqualTo("suppressed");
        // In dry run as well; what the ledger holds is not even asked then.
        assertThat(vpn.path("attempts").path(0).path("detail").asText()).startsWith("dry-run: ");
        String again = push(high(ofDirectory, "echo")
                .with(
                        "events",
                        Map.of("https://schemas.openid.net/secevent/risc/event-type/account-disabled", Map.of())));
        JsonNode second = action(ofDirectory, again, "account.disable");
        assertThat(second.path("attempts").path(0).path("detail").asText())
                .isEqualTo("echo: the signal tells what our own action " + id(disable) + " did");
    }
}
