package io.signalbox.connector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a connector's folder must hold so that somebody who did not write it can use it and rely on it. */
final class Completeness {

    private static final Pattern OPTION = Pattern.compile("options\\[([a-z0-9-]+)]|\\{[+#]?option\\.([a-z0-9-]+)");
    private static final Pattern PARAMETER =
            Pattern.compile("\\$\\.parameters\\.([a-z0-9-]+)|\\{[+#]?parameter\\.([a-z0-9-]+)");
    private static final Pattern STEP = Pattern.compile("\\bref: ([A-Za-z]+)");

    /** Steps that all connectors share: which options they read is known. A step of a connector's own may read any. */
    private static final Set<String> SHARED_STEPS = Set.of("targets", "targetLogins", "targetCalls", "httpOutcome");

    /** What a placeholder reads besides what it is named after. */
    private static final Map<String, List<String>> READS = Map.of(
            "user", List.of("user-from", "issuer"),
            "device", List.of("device-from", "issuer"),
            "who", List.of("subject"),
            "text", List.of("subject"));

    private Completeness() {}

    static List<String> gaps(Path folder, Connector connector, List<Case> cases) {
        List<String> gaps = new ArrayList<>();
        String route = text(folder.resolve(connector.name() + ".camel.yaml"));
        String readme = text(folder.resolve("README.md"));
        say(gaps, route.isBlank(), "there is no " + connector.name() + ".camel.yaml");
        say(gaps, readme.isBlank(), "there is no README.md");
        say(gaps, connector.title().isBlank() || connector.description().isBlank(), "title or description is missing");
        say(gaps, connector.actions().isEmpty(), "it does no kind of action");
        for (String fact : List.of("idempotent", "undo", "tried")) {
            say(gaps, connector.facts().getOrDefault(fact, "").isBlank(), "connector.properties does not say " + fact);
        }
        for (String option : connector.options().keySet()) {
            say(
                    gaps,
                    !readme.contains("| `" + option + "` |"),
                    "the README's table of options does not list " + option);
        }
        options(gaps, route, connector);
        parameters(gaps, route, connector);
        Set<String> done = cases.stream()
                .filter(one -> one.outcome().equals("done"))
                .map(Case::kind)
                .collect(Collectors.toCollection(TreeSet::new));
        connector.actions().stream()
                .filter(kind -> !kind.equals("*") && !done.contains(kind))
                .forEach(kind -> gaps.add("no case has " + kind + " done"));
        say(gaps, cases.stream().noneMatch(one -> one.outcome().equals("no-answer")), "no case is without an answer");
        Set<String> names = new TreeSet<>();
        cases.stream()
                .filter(one -> !names.add(one.name()))
                .forEach(one -> gaps.add("two cases are called «" + one.name() + "»"));
        return gaps;
    }

    private static void options(List<String> gaps, String route, Connector connector) {
        Set<String> used = found(OPTION, route);
        used.forEach(option -> say(
                gaps,
                !connector.options().containsKey(option),
                "the route uses the option " + option + ", which connector.properties does not declare"));
        Set<String> steps = found(STEP, route);
        // Where the call itself is an option, so are its placeholders.
        boolean written = route.contains("name: callBody\n") && route.contains("options[body]");
        if (SHARED_STEPS.containsAll(steps) && !written) {
            READS.forEach((placeholder, options) -> {
                if (Pattern.compile("\\{[+#]?" + placeholder + "\\b")
                        .matcher(route)
                        .find()) {
                    used.addAll(options);
                }
            });
            connector.options().keySet().stream()
                    .filter(option -> !used.contains(option))
                    .forEach(option -> gaps.add("the option " + option + " is declared and never used"));
        }
    }

    private static void parameters(List<String> gaps, String route, Connector connector) {
        Set<String> used = found(PARAMETER, route);
        used.forEach(parameter -> say(
                gaps,
                !connector.parameters().containsKey(parameter),
                "the route uses the parameter " + parameter + ", which connector.properties does not declare"));
        connector.parameters().keySet().stream()
                .filter(parameter -> !used.contains(parameter)
                        && !Pattern.compile("\\{[+#]?" + parameter + "\\b")
                                .matcher(route)
                                .find()
                        && SHARED_STEPS.containsAll(found(STEP, route)))
                .forEach(parameter -> gaps.add("the parameter " + parameter + " is declared and never used"));
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            Stream.iterate(1, group -> group <= matcher.groupCount(), group -> group + 1)
                    .map(matcher::group)
                    .filter(group -> group != null)
                    .forEach(found::add);
        }
        return found;
    }

    private static void say(List<String> gaps, boolean missing, String what) {
        if (missing) {
            gaps.add(what);
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }
}
