package io.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.connector.Connector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code src/docs/connectors.md} is made from what the connectors' folders say of themselves. */
class ConnectorsPageTest {

    private static final Path PAGE = Path.of("src/docs/connectors.md");

    /** To write the page anew: {@code mvn test -Dtest=ConnectorsPageTest -Dtest.argLine=-Dsignalbox.docs.write=true}. */
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
                # Connectors

                Made from the folders under `routes/act`; do not edit by hand. A target is one system of such a sort, under a name of its own
                in `signalbox.targets`: [how](../../routes/act/README.md). What you miss is fifteen minutes away:
                [write a connector](write-a-connector.md).

                **Logged in by** is what `auth.kind` may be, the usual way first. **Repeats** says what comes of an action that is carried out twice, as
                can happen after a crash. **Tried against** is the truth, not a wish: where it says cases alone, requests and answers
                follow the vendor's documents and nobody has watched them work.

                | Connector | For | Actions | Logged in by | Repeats | Undo | Tried against |
                |---|---|---|---|---|---|---|
                """);
        for (Connector connector : Connector.in("./routes").values()) {
            page.append("| [`")
                    .append(connector.name())
                    .append("`](../../routes/act/")
                    .append(connector.name())
                    .append("/README.md) | ")
                    .append(connector.title())
                    .append(" | ")
                    .append(connector.actions().stream()
                            .map(kind -> kind.equals("*") ? "any" : "`" + kind + "`")
                            .collect(Collectors.joining(", ")))
                    .append(" | ")
                    .append(ways(connector))
                    .append(" | ")
                    .append(connector.facts().get("idempotent"))
                    .append(" | ")
                    .append(connector.facts().get("undo"))
                    .append(" | ")
                    .append(connector.facts().get("tried"))
                    .append(" |\n");
        }
        return page.toString();
    }

    private static String ways(Connector connector) {
        List<String> ways = connector.auth();
        if (!ways.isEmpty() && !ways.equals(List.of("none"))) {
            return ways.stream().map(way -> "`" + way + "`").collect(Collectors.joining(", "));
        }
        return connector.needs().contains("secret")
                ? "its secret"
                : connector.needs().contains("token") ? "`bearer` and others" : "nothing";
    }
}
