package io.signalbox.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for bytes that do not come out as a verdict: as a token, as its header, as its claims. With {@code mvn -Pfuzz test};
 * what it finds goes into {@link HostileInputTest}, which every build runs.
 */
class TokenFuzz {

    @SuppressWarnings("NullAway.Init") // made once, before the first input
    private static HostileInput hostile;

    @BeforeAll
    static void start() {
        hostile = new HostileInput();
    }

    @AfterAll
    static void stop() {
        hostile.close();
    }

    static Stream<byte[]> seeds() throws IOException {
        return Stream.concat(HostileInput.claims(), HostileInput.files(Path.of("src/test/resources/sets/bad")));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "30s")
    void everyTokenIsDecided(byte[] input) {
        hostile.isDecided(input);
    }
}
