package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.Collector;
import io.signalbox.testing.RecordingTarget;
import io.signalbox.testing.RecordingTarget.Answer;
import io.signalbox.testing.SampleActions;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Runs the {@code cases.yaml} of every connector folder against a real server on the loopback address. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectorCasesTest {

    private static final Path CONNECTORS = Path.of("routes", "act");

    private final Map<String, Connector> connectors = Connector.in("./routes");
    private final RecordingTarget http = new RecordingTarget();
    private final Collector tcp = new Collector();
    private final ActStage stage;

    ConnectorCasesTest() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        Map<String, Object> properties = new HashMap<>();
        for (Connector connector : connectors.values()) {
            boolean overHttp = connector.schemes().contains("http");
            String up = overHttp ? http.url() : "tcp://127.0.0.1:" + tcp.port();
            String down = (overHttp ? "http" : "tcp") + "://127.0.0.1:" + closedPort;
            configure(properties, connector, connector.name(), up);
            configure(properties, connector, connector.name() + "-down", down);
        }
        properties.put("A_CREDENTIAL", "0123456789abcdef");
        stage = new ActStage(properties);
    }

    private static void configure(Map<String, Object> properties, Connector connector, String target, String url) {
        String key = "signalbox.targets." + target + ".";
        properties.put(key + "kind", connector.name());
        properties.put(key + "url", url);
        connector.needs().stream()
                .filter(need -> !need.equals("url"))
                .forEach(need -> properties.put(key + need + "-env", "A_CREDENTIAL"));
    }

    @AfterAll
    void stop() {
        stage.close();
        http.close();
        tcp.close();
    }

    @TestFactory
    Stream<DynamicNode> everyConnectorDoesWhatItsCasesSay() {
        assertThat(connectors).isNotEmpty();
        return connectors.values().stream().map(connector -> {
            List<Map<String, Object>> cases = cases(connector);
            Stream<DynamicTest> tests =
                    cases.stream().map(one -> dynamicTest(String.valueOf(one.get("case")), () -> run(connector, one)));
            return dynamicContainer(
                    connector.name(),
                    Stream.concat(tests, Stream.of(dynamicTest("is complete", () -> complete(connector, cases)))));
        });
    }

    private void complete(Connector connector, List<Map<String, Object>> cases) {
        Path folder = CONNECTORS.resolve(connector.name());
        assertThat(folder.resolve("README.md")).isNotEmptyFile();
        assertThat(folder.resolve(connector.name() + ".camel.yaml")).isNotEmptyFile();
        for (String option : connector.options().keySet()) {
            assertThat(folder.resolve("README.md")).content().contains("| `" + option + "` |");
        }
        assertThat(connector.actions()).isNotEmpty();
        assertThat(cases.stream()
                        .filter(one -> "done".equals(one.get("outcome")))
                        .map(one -> String.valueOf(object(one.get("action")).get("kind")))
                        .distinct()
                        .toList())
                .as("each kind of action has a case in which it is done")
                .containsAll(connector.actions().stream()
                        .filter(kind -> !kind.equals("*"))
                        .toList());
        assertThat(cases).extracting(one -> one.get("outcome")).contains("no-answer");
    }

    /** What integrators copy has to work. */
    @Test
    void theExampleInTheReadmeIsAConnector() throws Exception {
        http.forget();
        String readme = Files.readString(CONNECTORS.resolve("README.md"));
        int begin = readme.indexOf("- route:");
        String route = readme.substring(begin, readme.indexOf("```", begin));
        PluginHelper.getRoutesLoader(stage.camel()).loadRoutes(ResourceHelper.fromString("example.camel.yaml", route));
        Action action = SampleActions.of("network.block", "webhook", SampleActions.email("alice@acme.example"));

        assertThat(stage.attempt(action, "example")).isEqualTo(new Outcome.Done("HTTP 200"));

        RecordingTarget.Request request = http.requests().get(0);
        assertThat(request.path()).isEqualTo("/blocks");
        assertThat(request.headers()).containsEntry("X-Title", "Look at this");
        assertThat(Wire.read(request.text(), Action.class)).isEqualTo(action);
    }

    private void run(Connector connector, Map<String, Object> one) {
        http.forget();
        tcp.behave(Collector.Manner.READS);
        boolean down = false;
        for (Map<String, Object> answer : list(one.get("target-answers"))) {
            String connection = String.valueOf(answer.getOrDefault("connection", "accepted"));
            down |= connection.equals("refused");
            if (connection.equals("reset")) {
                tcp.behave(Collector.Manner.RESETS);
            }
            if (answer.get("status") instanceof Integer status) {
                Map<String, String> headers = new HashMap<>();
                object(answer.getOrDefault("headers", Map.of()))
                        .forEach((name, value) -> headers.put(name, String.valueOf(value)));
                http.answer(new Answer(status, headers, String.valueOf(answer.getOrDefault("body", ""))));
            }
        }
        Map<String, Object> asked = object(one.get("action"));
        Action action = SampleActions.of(
                String.valueOf(asked.get("kind")),
                connector.name() + (down ? "-down" : ""),
                Optional.ofNullable(asked.get("subject"))
                        .flatMap(subject -> SubjectIdentifier.of(object(subject)))
                        .orElse(null));

        Outcome outcome = stage.attempt(action);

        assertThat(outcome.word()).as(outcome.detail()).isEqualTo(one.get("outcome"));
        if (one.get("calls") instanceof List<?> calls) {
            assertThat(http.requests().stream().map(r -> r.method() + " " + r.path()))
                    .isEqualTo(calls.stream().map(String::valueOf).toList());
        }
    }

    private static List<Map<String, Object>> cases(Connector connector) {
        Path file = CONNECTORS.resolve(connector.name()).resolve("cases.yaml");
        try (InputStream in = Files.newInputStream(file)) {
            return list(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
