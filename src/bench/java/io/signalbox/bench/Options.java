package io.signalbox.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the command line said: {@code --name value}, {@code --flag}; a name may come more than once. */
final class Options {

    private static final Set<String> FLAGS = Set.of("parked");
    private static final Set<String> NAMES = Set.of(
            "algorithms",
            "audience",
            "authorization",
            "concurrency",
            "event",
            "expect",
            "hanging",
            "issuer",
            "jar",
            "java",
            "java-options",
            "jfr",
            "json",
            "keys",
            "max-seconds",
            "property",
            "queued",
            "rates",
            "recorded",
            "repeats",
            "seconds",
            "serve-port",
            "signals",
            "streams",
            "url",
            "warm-up",
            "window",
            "work");

    private final Map<String, List<String>> values = new TreeMap<>();

    static Options parse(List<String> arguments) {
        Options options = new Options();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String name = argument.startsWith("--") ? argument.substring(2) : "";
            if (FLAGS.contains(name)) {
                options.values.put(name, List.of("true"));
            } else if (NAMES.contains(name) && i + 1 < arguments.size()) {
                options.values.computeIfAbsent(name, n -> new ArrayList<>()).add(arguments.get(++i));
            } else {
                throw new IllegalArgumentException(argument + " is no option, or lacks its value. Options: " + NAMES
                        + ", and without a value: " + FLAGS);
            }
        }
        return options;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    @Nullable
    String find(String name) {
        List<String> given = all(name);
        return given.isEmpty() ? null : given.get(given.size() - 1);
    }

    String text(String name, String otherwise) {
        String given = find(name);
        return given == null ? otherwise : given;
    }

    int number(String name, int otherwise) {
        String given = find(name);
        if (given == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(given.replace("_", "").replace(",", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is not a number: " + given, e);
        }
    }

    List<String> list(String name, String otherwise) {
        return List.of(text(name, otherwise).split(","));
    }
}
