package io.signalbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * What was written behind a command: words, switches, options with a value ({@code --name value} or
 * {@code --name=value}), and keys of the configuration ({@code --signalbox.http.allow=...}).
 */
final class CommandLine {

    static final int GOOD = 0;
    static final int BAD = 1;
    static final int MISUSE = 2;

    private final List<String> words = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();

    private CommandLine() {}

    /** The command was not written as it is meant to be; the message says where. */
    static final class Misuse extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Misuse(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads arguments.
     *
     * @param switches names that have no value
     * @param valued names that have one; each may be given several times
     * @throws Misuse naming an argument that is none of them
     */
    static CommandLine read(List<String> arguments, Set<String> switches, Set<String> valued) {
        CommandLine line = new CommandLine();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                line.words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
            if (switches.contains(name) && equals < 0) {
                line.options.put(name, List.of());
            } else if (valued.contains(name)) {
                if (equals < 0
                        && (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--"))) {
                    throw new Misuse("--" + name + " needs a value");
                }
                String value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
                line.options.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
            } else if (equals > 0 && name.contains(".")) {
                line.keys.add(argument);
            } else {
                throw new Misuse("--" + name + " is no option of this command");
            }
        }
        return line;
    }

    List<String> words() {
        return words;
    }

    /** Keys of the configuration, as they were written. */
    List<String> keys() {
        return List.copyOf(keys);
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    /**
     * The value of an option that may be given once.
     *
     * @throws Misuse if it is given twice
     */
    Optional<String> one(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw new Misuse("--" + name + " is given more than once");
        }
        return values.stream().findFirst();
    }

    String needed(String name) {
        return one(name).orElseThrow(() -> new Misuse("--" + name + " is missing"));
    }

    /** Opens what can be configured, and nothing else of the gateway. */
    Configured configured() {
        return configured(Nothing.class);
    }

    /** The same with the beans of one configuration, each made when it is asked for. */
    Configured configured(Class<?> configuration) {
        List<String> arguments = new ArrayList<>(keys);
        // What goes wrong is told by the command; a line of the log in between would spoil what others read.
        arguments.add("--logging.threshold.console=OFF");
        one("ca-file").ifPresent(file -> arguments.add("--signalbox.http.ca-file=" + file));
        if (has("allow")) {
            arguments.add("--signalbox.http.allow=" + String.join(",", all("allow")));
        }
        SpringApplication application = new SpringApplication(configuration);
        application.setLazyInitialization(true);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        return new Configured(application.run(arguments.toArray(String[]::new)));
    }

    /** The configuration, for as long as the command runs. */
    record Configured(ConfigurableApplicationContext context) implements AutoCloseable {

        Environment environment() {
            return context.getEnvironment();
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** No bean is needed to know what is configured. */
    static final class Nothing {}
}
