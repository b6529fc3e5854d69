package io.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code src/docs/events.md} is made from what the types themselves ask for, and from the table of severities. */
class EventsPageTest {

    private static final Path PAGE = Path.of("src/docs/events.md");
    private static final Path SEVERITIES = Path.of("rules/policy/severity.drl.csv");
    private static final Pattern CELL = Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^,]*))(?:,|$)");

    private static final Map<String, String> FAMILIES = families();

    private static final Map<String, String> NOTES = Map.of("risc", """
            `event_timestamp`, `initiating_entity`, `reason_admin` and `reason_user` are understood in every event, as in CAEP.
            The types whose names begin with `google-old` are from before there was a standard; no rule takes one for another.

            """, "scim", """
            A notification of 2015 (`urn:ietf:params:scim:schemas:notify:2.0:Event`) is read into the event of its meaning, by its
            `type`: ADD, REMOVE, CREATE, MODIFY, ACTIVATE, DEACTIVATE, DELETE, PASSWORD or CONFIRMATION.

            """);

    private static Map<String, String> families() {
        Map<String, String> families = new LinkedHashMap<>();
        families.put("caep", "Continuous access evaluation (CAEP 1.0)");
        families.put("risc", "Risk and incident sharing (RISC 1.0, and what Google sends by that name)");
        families.put("ssf", "Streams (SSF 1.0)");
        families.put("sse", "Streams, in the text of 2021");
        families.put("scim", "Provisioning (SCIM, RFC 9967, its drafts, and examples of RFC 8417)");
        families.put("oauth", "OAuth tokens and clients (draft of 2018)");
        families.put("oidc", "Logout (OpenID Connect Back-Channel Logout 1.0)");
        return families;
    }

    @Test
    void everyFamilyHasATitle() {
        assertThat(EventCatalog.types()).extracting(EventType::family).isSubsetOf(FAMILIES.keySet());
    }

    /** To write the page anew: {@code mvn test -Dtest=EventsPageTest -Dtest.argLine=-Dsignalbox.docs.write=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        String page = page();
        if (Boolean.getBoolean("signalbox.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("generated page, write it anew").content().isEqualTo(page);
    }

    /** A row about a type that nobody knows would never fire. */
    @Test
    void everySeverityIsOfATypeThatWeKnow() throws IOException {
        assertThat(EventCatalog.types())
                .extracting(EventType::alias)
                .containsAll(severities().keySet());
    }

    private static String page() throws IOException {
        Map<String, List<String>> severities = severities();
        StringBuilder page = new StringBuilder("""
                # Events

                Made from the sources; do not edit by hand. These are the event types that Signalbox reads. An event of any other
                type is kept with its payload, shown, and can be matched by a rule (`UnknownEvent( uri == "..." )`).

                **Type** is the name in rules' cases, in the API, in logs and in metrics. A SET may use the specified URI or one of
                the others; what is written uses the specified one. **Claims** that an event must have are bold; one that lacks
                such a claim, or has another of the wrong kind, is refused and the sender is told which. Claims that are not
                listed are kept. A **severity** with a condition holds where the condition does; the table is
                `rules/policy/severity.drl.csv`, and yours to change.

                Times are seconds since 1970. Milliseconds are recognised by their size, and a date and time with its offset is
                understood too.
                """);
        FAMILIES.forEach((family, title) -> {
            List<EventType> types = EventCatalog.types().stream()
                    .filter(type -> type.family().equals(family))
                    // In an order of our own: that of a sealed type's records is the compiler's.
                    .sorted(Comparator.comparing(EventType::alias))
                    .toList();
            List<EventType.Claim> shared = shared(types);
            page.append("\n## ").append(title).append("\n\n");
            if (!shared.isEmpty()) {
                page.append("Every event may have ").append(claims(shared)).append(".\n\n");
            }
            page.append(NOTES.getOrDefault(family, ""));
            page.append("| Type | URI | Other URIs | Claims | Severity |\n|---|---|---|---|---|\n");
            for (EventType type : types) {
                List<EventType.Claim> own = new ArrayList<>(type.claims());
                own.removeAll(shared);
                page.append("| `")
                        .append(type.alias())
                        .append("` | `")
                        .append(type.uri())
                        .append("` | ");
                page.append(
                        type.legacyUris().stream().map(uri -> "`" + uri + "`").collect(Collectors.joining(", ")));
                page.append(" | ").append(claims(own)).append(" | ");
                page.append(String.join(", ", severities.getOrDefault(type.alias(), List.of("INFO"))));
                page.append(" |\n");
            }
        });
        return page.toString();
    }

    /** What all types of a family have in common, if it is a family. */
    private static List<EventType.Claim> shared(List<EventType> types) {
        if (types.size() < 3) {
            return List.of();
        }
        List<EventType.Claim> shared = new ArrayList<>(types.get(0).claims());
        types.forEach(type -> shared.retainAll(type.claims()));
        return shared;
    }

    private static String claims(List<EventType.Claim> claims) {
        return claims.stream()
                .map(claim -> (claim.required() ? "**`" + claim.name() + "`**" : "`" + claim.name() + "`") + " ("
                        + claim.kind() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Alias to severities, each with its condition, in the order of the table. */
    private static Map<String, List<String>> severities() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : Files.readAllLines(SEVERITIES)) {
            rows.add(cells(line));
        }
        int titles = 0;
        while (!rows.get(titles).get(0).equals("Rule")) {
            titles++;
        }
        Map<String, List<String>> severities = new LinkedHashMap<>();
        for (List<String> row : rows.subList(titles + 1, rows.size())) {
            StringBuilder severity = new StringBuilder(row.get(row.size() - 1));
            for (int column = 2; column < row.size() - 1; column++) {
                if (!row.get(column).isEmpty()) {
                    severity.append(" (")
                            .append(rows.get(titles).get(column))
                            .append(": ")
                            .append(row.get(column))
                            .append(')');
                }
            }
            severities.computeIfAbsent(row.get(1), alias -> new ArrayList<>()).add(severity.toString());
        }
        return severities;
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        Matcher cell = CELL.matcher(line);
        while (cell.find() && !(cell.start() == line.length() && !line.endsWith(","))) {
            cells.add(cell.group(1) != null ? cell.group(1).replace("\"\"", "\"") : cell.group(2));
        }
        return cells;
    }
}
