package io.signalbox.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.signalbox.connector.Connector;
import io.signalbox.connector.ConnectorCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Runs the {@code cases.yaml} of every connector folder, all on one bench, as {@code connector test} does for one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectorCasesTest {

    private static final Path ROUTES = Path.of("routes");

    private final Map<String, Connector> connectors = Connector.in("./routes");
    private final ConnectorCases bench = ConnectorCases.open(ROUTES, connectors.keySet());

    @AfterAll
    void stop() {
        bench.close();
    }

    @TestFactory
    Stream<DynamicNode> everyConnectorDoesWhatItsCasesSay() {
        assertThat(connectors).isNotEmpty();
        return connectors.keySet().stream()
                .map(connector -> dynamicContainer(
                        connector,
                        Stream.concat(
                                bench.names(connector).stream()
                                        .map(one -> dynamicTest(one, () -> assertThat(bench.run(connector, one))
                                                .isNull())),
                                Stream.of(dynamicTest("is complete", () -> assertThat(bench.gaps(connector))
                                        .isEmpty())))));
    }

    /** What a connector's own Java reads is declared in its folder, and what is declared is read somewhere. */
    @Test
    void everyOptionThatJavaReadsIsDeclaredAndTheOtherWayRound() throws IOException {
        for (Connector connector : connectors.values()) {
            Path slice =
                    Path.of("src/main/java/io/signalbox/act", connector.name().replace("-", ""));
            if (!Files.isDirectory(slice)) {
                continue;
            }
            StringBuilder text = new StringBuilder(Files.readString(
                    ROUTES.resolve("act/" + connector.name() + "/" + connector.name() + ".camel.yaml")));
            try (Stream<Path> sources = Files.list(slice)) {
                for (Path source : sources.toList()) {
                    text.append(Files.readString(source));
                }
            }
            Set<String> read = new TreeSet<>();
            Matcher option = Pattern.compile(
                            "(?:options\\[|option\\.|options\\.get(?:OrDefault)?\\(\\s*\"|option\\(\\s*options,\\s*\")([a-z-]+)")
                    .matcher(text);
            while (option.find()) {
                read.add(option.group(1));
            }
            assertThat(connector.options().keySet()).as(connector.name()).containsAll(read);
            // What a placeholder such as {user} reads besides.
            Set<String> byPlaceholder = text.indexOf("calls.text(") < 0 && text.indexOf("calls.word(") < 0
                    ? Set.of()
                    : Set.of("user-from", "device-from", "issuer", "subject");
            assertThat(connector.options().keySet())
                    .as(connector.name())
                    .filteredOn(name -> !byPlaceholder.contains(name))
                    .allSatisfy(name -> assertThat(text.toString())
                            .containsAnyOf("\"" + name + "\"", "[" + name + "]", "{+option." + name));
        }
    }
}
