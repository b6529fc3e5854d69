package io.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** {@code src/docs/conformance-transmitter.md} is made from the list of rules, and the tests that it names are there. */
class TransmitterConformancePageTest {

    private static final Path RULES = Path.of("src/test/resources/transmitter/rules.yaml");
    private static final Path PAGE = Path.of("src/docs/conformance-transmitter.md");

    @Test
    void everyTestThatIsNamedIsThereAndEveryRuleHasOneOrAReason() {
        Map<String, String> sources = sources();
        rules().forEach((rule, entry) -> {
            List<String> tests = tests(entry);
            assertThat(tests.isEmpty() == entry.containsKey("none"))
                    .as("%s has tests or says why none", rule)
                    .isTrue();
            for (String test : tests) {
                String[] parts = test.split("\\.");
                // What both stores pass is written once, in their contract.
                String source =
                        sources.getOrDefault(parts[0].equals("SqliteOutboxTest") ? "OutboxContract" : parts[0], "");
                assertThat(source.contains(" " + parts[1] + "("))
                        .as("%s: there is a test %s", rule, test)
                        .isTrue();
            }
        });
    }

    /** To write the page anew: {@code mvn test -Dtest=TransmitterConformancePageTest -Dsignalbox.docs.write=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        String page = page();
        if (Boolean.getBoolean("signalbox.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("generated page, write it anew").content().isEqualTo(page);
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Conformance of the transmitter

                Made from the tests; do not edit by hand. T: the transmitter (SSF 1.0, RFC 8935, RFC 8936, RFC 6750). I: the
                CAEP interoperability profile.

                | Rule | What it says | Tests |
                |---|---|---|
                """);
        rules().forEach((rule, entry) -> {
            String tests = tests(entry).stream().map(test -> "`" + test + "`").collect(Collectors.joining(", "));
            Object but = entry.get("but");
            page.append("| ")
                    .append(rule)
                    .append(" | ")
                    .append(entry.get("says"))
                    .append(" | ")
                    .append(entry.containsKey("none") ? "none: " + entry.get("none") : tests)
                    .append(but == null ? "" : "; " + but)
                    .append(" |\n");
        });
        return page.toString();
    }

    @SuppressWarnings("unchecked")
    private static List<String> tests(Map<String, Object> entry) {
        return (List<String>) entry.getOrDefault("tests", List.of());
    }

    private static Map<String, Map<String, Object>> rules() {
        try (Reader reader = Files.newBufferedReader(RULES)) {
            return new LinkedHashMap<>(new Yaml().<Map<String, Map<String, Object>>>load(reader));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Simple name of each test class to its text. */
    private static Map<String, String> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            TransmitterConformancePageTest::text,
                            (one, other) -> one + other));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
