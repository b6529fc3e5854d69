package io.signalbox.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.signalbox.ingest.poll.AnyPollAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Looks for an answer to a poll that is neither read nor said to be none. With {@code mvn -Pfuzz test}. */
class PollAnswerFuzz {

    static Stream<byte[]> seeds() throws IOException {
        byte[] told = "{\"sets\":{\"a\":\"x.y.z\",\"b\":null},\"moreAvailable\":true}".getBytes(StandardCharsets.UTF_8);
        return Stream.concat(Stream.of(told), HostileInput.files(Path.of("src/test/resources/keycloak-26.7.3/poll")));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "12s")
    void everyAnswerIsReadOrSaidToBeNone(byte[] input) {
        AnyPollAnswer.read(input);
    }
}
