package io.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.ScimMapping;
import io.signalbox.event.ScimMapping.Direction;
import io.signalbox.event.ScimMapping.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code src/docs/scim-mapping.md} is made from the table by which events are translated. */
class ScimMappingPageTest {

    private static final Path PAGE = Path.of("src/docs/scim-mapping.md");

    /** To write the page anew: {@code mvn test -Dtest=ScimMappingPageTest -Dtest.argLine=-Dsignalbox.docs.write=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        String page = page();
        if (Boolean.getBoolean("signalbox.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("generated page, write it anew").content().isEqualTo(page);
    }

    private static String page() {
        return """
                # SCIM, CAEP and RISC

                Made from the sources; do not edit by hand. What an event of SCIM (RFC 9967, its drafts, the notifications of 2015)
                means in the words of CAEP and RISC, and the other way round. Every type of the three families stands here, each row
                with what cannot be carried.

                An event of SCIM keeps its place in its signal; what it means stands behind it, marked with the type that it was
                `derivedFrom`, about the same subject and of the same time. A rule for `AccountDisabled` hears of all accounts that
                were disabled, in whichever dialect. One that must not can say `SecurityEvent( derivedFrom == null )`. What rules ask
                for about the one and about the other alike is done once.

                ## From SCIM
                """ + table(Direction.FROM_SCIM) + "\n## To SCIM\n" + table(Direction.TO_SCIM);
    }

    private static String table(Direction direction) {
        return "\n| Event | When | Becomes | What is lost |\n|---|---|---|---|\n"
                + ScimMapping.lines().stream()
                        .filter(line -> line.direction() == direction)
                        .map(ScimMappingPageTest::row)
                        .collect(Collectors.joining());
    }

    private static String row(Line line) {
        return "| " + line.from().stream().map(alias -> "`" + alias + "`").collect(Collectors.joining(", ")) + " | "
                + line.when() + " | " + (line.to() == null ? "nothing" : "`" + line.to() + "`") + " | " + line.lost()
                + " |\n";
    }
}
