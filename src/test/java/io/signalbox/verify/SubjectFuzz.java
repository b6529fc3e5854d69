package io.signalbox.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.signalbox.testing.AnySubject;
import io.signalbox.testing.Catalogue;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Looks for a subject that is read as two different ones, or not at all. With {@code mvn -Pfuzz test}. */
class SubjectFuzz {

    static Stream<byte[]> seeds() {
        return Catalogue.entries().stream()
                .map(entry -> entry.example().get("sub_id"))
                .filter(Map.class::isInstance)
                .map(Objects::requireNonNull)
                .map(subject -> Wire.write(subject).getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "18s")
    void everySubjectIsReadInOneWay(byte[] input) {
        Map<String, Object> json;
        try {
            json = StrictJson.object(input, "subject");
        } catch (Refusal refused) {
            return;
        }
        AnySubject.isReadInOneWay(json);
    }
}
