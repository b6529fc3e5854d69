package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.testing.AnySubject;
import io.signalbox.testing.Sets;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the fuzzers begin with, what they found, and a few inputs that are known to hurt parsers. The fuzzers themselves:
 * {@code mvn -Pfuzz test}.
 */
class HostileInputTest {

    private static final Path CORPUS = Path.of("src/test/resources/sets");

    @Test
    void everythingComesOutAsAVerdict() throws Exception {
        List<byte[]> inputs = new ArrayList<>(
                Stream.concat(HostileInput.claims(), HostileInput.files(CORPUS)).toList());
        assertThat(inputs).hasSizeGreaterThan(150);
        for (String text : List.of(
                "",
                ".",
                "..",
                "....",
                "a.b.c",
                "\u0000",
                "[".repeat(20_000),
                "{\"a\":".repeat(5_000),
                "{\"sets\":{\"a\":null,\"b\":{},\"c\":1e400}}",
                "{\"iat\":1e999999999}",
                "{\"iat\":-0.0,\"exp\":1E-400,\"events\":{\"\":{}}}",
                "{\"\\ud800\":\"\\udc00\"}",
                "1e100000",
                Sets.encode("{}".getBytes(StandardCharsets.UTF_8)) + "..")) {
            inputs.add(text.getBytes(StandardCharsets.UTF_8));
        }
        try (HostileInput hostile = new HostileInput()) {
            inputs.forEach(hostile::isDecided);
        }
    }

    @Test
    void everySubjectIsReadInOneWay() {
        List<Map<String, Object>> subjects = new ArrayList<>();
        SubjectFuzz.seeds().forEach(seed -> subjects.add(Wire.readObject(new String(seed, StandardCharsets.UTF_8))));
        assertThat(subjects).hasSizeGreaterThan(30);
        subjects.forEach(AnySubject::isReadInOneWay);
    }
}
