package io.signalbox.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.signalbox.event.SecurityEvent;
import io.signalbox.normalize.NormalizeSet;
import io.signalbox.testing.WebhookStage;
import io.signalbox.testing.WebhookStage.Answer;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Runs the {@code cases.yaml} of every vendor's folder: what its JSON becomes, and what is answered. */
class WebhookCasesTest {

    private static final Path ROUTES = Path.of("routes");

    @TempDir
    Path home;

    private @Nullable WebhookStage stage;

    @AfterEach
    void close() {
        if (stage != null) {
            stage.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> everyVendorsFolderDoesWhatItsCasesSay() throws IOException {
        List<String> vendors = vendors(ROUTES);
        assertThat(vendors).contains("okta", "entra", "jamf", "generic", "scim-notify");
        WebhookStage running = start(ROUTES, vendors);
        return vendors.stream().map(vendor -> {
            assertThat(ROUTES.resolve("ingest/" + vendor + "/README.md")).isNotEmptyFile();
            return dynamicContainer(
                    vendor,
                    cases(ROUTES, vendor).stream()
                            .map(one -> dynamicTest(String.valueOf(one.get("case")), () -> run(running, vendor, one))));
        });
    }

    /** One folder is all that a new vendor takes: no Java, and no line in another file. */
    @Test
    void aVendorIsAddedByAFolder() throws IOException {
        Path routes = home.resolve("routes");
        FileSystemUtils.copyRecursively(ROUTES, routes);
        Path folder = Files.createDirectories(routes.resolve("ingest/badges"));
        Files.writeString(folder.resolve("webhook.yaml"), """
                title: Badges of a made-up vendor
                handshake: { method: GET, query: hello, answer: heard }
                signature: { header: X-Badge-Signature, prefix: "sha256=", encoding: hex }
                types:
                  lost: { event: risc/account-disabled, claims: { reason: hijacking } }
                """);
        Files.writeString(folder.resolve("badges.camel.yaml"), """
                - route:
                    id: ingest-badges
                    description: Maps the events of a made-up vendor.
                    errorHandler:
                      noErrorHandler:
                        id: ingest-badges-errors
                    from:
                      id: ingest-badges-start
                      uri: direct
                      parameters:
                        name: ingest.webhook.badges
                      steps:
                        - split:
                            id: ingest-badges-each
                            stopOnException: true
                            expression:
                              jsonpath:
                                expression: $.badges[*]
                            steps:
                              - setHeaders:
                                  id: ingest-badges-map
                                  headers:
                                    - name: signal.type
                                      expression:
                                        jsonpath:
                                          expression: $.what
                                    - name: signal.id
                                      expression:
                                        jsonpath:
                                          expression: $.number
                                    - name: signal.user.account
                                      expression:
                                        jsonpath:
                                          expression: $.who
                              - to:
                                  id: ingest-badges-tell
                                  uri: direct
                                  parameters:
                                    name: ingest.webhook.event
                """);
        Files.writeString(folder.resolve("cases.yaml"), """
                - case: a lost badge
                  given: { badges: [{ number: 17, what: lost, who: "acct:ada@acme.example" }] }
                  then: [{ event: risc/account-disabled, jti: "17", claims: { reason: hijacking },
                           subject: { format: account, uri: "acct:ada@acme.example" } }]
                  answer: 204
                - case: a body that lacks what the mapping insists on
                  given: { coats: [] }
                  then: []
                  answer: 400
                """);
        WebhookStage running = start(routes, vendors(routes));

        List<Map<String, Object>> cases = cases(routes, "badges");
        assertThat(cases).hasSize(2);
        cases.forEach(one -> run(running, "badges", one));
        assertThat(running.send("badges", "GET", "a=b&hello=you", Map.of(), ""))
                .isEqualTo(new Answer(200, "application/json", "{\"heard\":\"you\"}"));
    }

    private WebhookStage start(Path routes, List<String> vendors) throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put("A_STATE", "state-0123456789");
        properties.put("A_BEARER", "Bearer 0123456789");
        for (int i = 0; i < vendors.size(); i++) {
            String source = "signalbox.sources[" + i + "].";
            properties.put(source + "name", vendors.get(i));
            properties.put(source + "transmitter", WebhookStage.ISSUER);
            properties.put(source + "delivery", "webhook");
            properties.put(source + "mapping", vendors.get(i));
            boolean state = vendors.get(i).equals("entra");
            properties.put(
                    source + (state ? "client-state-env" : "authorization-header-env"), state ? "A_STATE" : "A_BEARER");
        }
        WebhookStage started = new WebhookStage(routes, Files.createDirectories(home.resolve("data")), properties);
        stage = started;
        return started;
    }

    private static void run(WebhookStage stage, String vendor, Map<String, Object> one) {
        stage.kept.clear();
        Map<String, Object> request = object(one.getOrDefault("request", Map.of()));
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Authorization", "Bearer 0123456789");
        object(request.getOrDefault("headers", Map.of()))
                .forEach((name, value) -> headers.put(name, String.valueOf(value)));
        String body = one.get("given") == null ? "" : filled(Wire.write(one.get("given")));

        Answer answer = stage.send(
                vendor,
                String.valueOf(request.getOrDefault("method", "POST")),
                (String) request.get("query"),
                headers,
                body);

        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(one.get("answer"));
        if (one.containsKey("body")) {
            assertThat(answer.body()).isEqualTo(one.get("body"));
        }
        List<SecurityEvent> told = stage.kept.stream()
                .flatMap(set -> new NormalizeSet().normalize(set).events().stream())
                .filter(event -> event.derivedFrom() == null)
                .toList();
        List<Map<String, Object>> expected = list(one.getOrDefault("then", List.of()));
        assertThat(told).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            check(told.get(i), stage.kept.get(i).jti(), expected.get(i));
        }
        if (one.containsKey("never")) {
            assertThat(stage.kept).isNotEmpty().allSatisfy(set -> assertThat(Wire.write(set))
                    .doesNotContain(String.valueOf(one.get("never"))));
        }
    }

    private static void check(SecurityEvent told, String jti, Map<String, Object> expected) {
        String event = String.valueOf(expected.get("event"));
        assertThat(event.contains(":") ? told.payload().uri() : told.payload().alias())
                .isEqualTo(event);
        if (expected.containsKey("jti")) {
            assertThat(jti).isEqualTo(expected.get("jti"));
        }
        if (expected.containsKey("at")) {
            assertThat(told.occurredAt()).isEqualTo(expected.get("at").toString());
        }
        if (expected.containsKey("txn")) {
            assertThat(told.txn()).isEqualTo(expected.get("txn"));
        }
        if (expected.containsKey("subject")) {
            assertThat(Objects.requireNonNull(told.subject()).toJson())
                    .isEqualTo(Wire.readObject(filled(Wire.write(expected.get("subject")))));
        }
        if (expected.containsKey("claims")) {
            assertThat(told.payload().toJson()).containsAllEntriesOf(object(expected.get("claims")));
        }
    }

    private static String filled(String text) {
        return text.replace("{client-state}", "state-0123456789").replace("{issuer}", WebhookStage.ISSUER);
    }

    private static List<String> vendors(Path routes) throws IOException {
        try (Stream<Path> folders = Files.list(routes.resolve("ingest"))) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<Map<String, Object>> cases(Path routes, String vendor) {
        try (Reader in =
                Files.newBufferedReader(routes.resolve("ingest").resolve(vendor).resolve("cases.yaml"))) {
            return list(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Map<String, Object>> list(@Nullable Object value) {
        List<Map<String, Object>> items = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(value)).forEach(item -> items.add(object(item)));
        return items;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }
}
