package io.signalbox;

import io.signalbox.CommandLine.Misuse;
import io.signalbox.normalize.NormalizeSet;
import io.signalbox.policy.DecisionDifference;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyComparison.Change;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicySimulator;
import io.signalbox.policy.PolicySimulator.Simulated;
import io.signalbox.policy.PolicySimulator.Trial;
import io.signalbox.policy.Replayed;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.Replay;
import io.signalbox.store.jdbc.LedgerReplayConfig;
import io.signalbox.wire.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code policy simulate}: what a draft would have decided otherwise, over what the ledger holds or over a file of events.
 * It opens the ledger to read, beside a gateway that runs or without one.
 */
final class SimulateCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar policy simulate --rules <folder> [--days <1-365>] [--share <0.05-1>]
                        [--against <folder>] [--names] [--json] [--key=value ...]
                        by what the ledger received in the last days (7), against what was decided at the time
                   java -jar signalbox.jar policy simulate --rules <folder> --events <file.jsonl> --against <folder> ...
                        by the claims of SETs, one JSON object a line""";

    private static final Set<String> SWITCHES = Set.of("json", "names");
    private static final Set<String> OPTIONS = Set.of("rules", "days", "events", "against", "share");

    /** By name: what is in a stage is hidden from the rest of the house, its configuration too. */
    private static final String SIMULATION = "io.signalbox.decide.SimulationConfig";

    /** How far before its time signals are gone through to learn how subjects stood. */
    private static final Duration BEFORE = Duration.ofDays(90);

    private final CommandLine line;
    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock;

    private SimulateCommand(CommandLine line, PrintStream out, PrintStream err, Clock clock) {
        this.line = line;
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /**
     * Gives the exit code: 0 it was simulated, whatever came of it; 1 the draft, the events or the ledger cannot be used;
     * 2 misuse.
     *
     * @param err hears how far a long run has come
     */
    static int run(List<String> arguments, PrintStream out, PrintStream err, Clock clock) {
        try {
            CommandLine line = CommandLine.read(arguments, SWITCHES, OPTIONS);
            if (!line.words().isEmpty()) {
                throw new Misuse(line.words().get(0) + " is not understood");
            }
            return new SimulateCommand(line, out, err, clock).simulate();
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private int simulate() {
        String rules = line.needed("rules");
        int days = (int) number("days", 7, 1, 365);
        double share = number("share", 0.5, 0.05, 1);
        String events = line.one("events").orElse(null);
        if (events != null && line.one("against").isEmpty()) {
            throw new Misuse("--events needs --against: of events in a file nothing was decided");
        }
        SpringApplication application = new SpringApplication();
        application.setSources(Set.of(SIMULATION));
        if (events == null) {
            application.addPrimarySources(List.of(LedgerReplayConfig.class));
        }
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.setRegisterShutdownHook(false);
        List<String> keys = new ArrayList<>(line.keys());
        keys.add("--logging.threshold.console=OFF");
        try (ConfigurableApplicationContext context = application.run(keys.toArray(String[]::new))) {
            PolicySimulator simulator = context.getBean(PolicySimulator.class);
            Trial trial = new Trial(
                    simulator.read(rules),
                    line.one("against").map(simulator::read).orElse(null),
                    line.has("names"),
                    share);
            if (events != null) {
                return tell(simulator.simulate(
                        trial, Collections.emptyIterator(), new Events(Path.of(events), clock), this::progress));
            }
            Replay replay = context.getBean(Replay.class);
            Instant now = clock.instant();
            Instant from = now.minus(Duration.ofDays(days));
            err.println(replay.count(from, now) + " signals to go through");
            return tell(simulator.simulate(
                    trial, replay.signals(from.minus(BEFORE), from), replay.signals(from, now), this::progress));
        } catch (LedgerUnavailableException | IllegalArgumentException | UncheckedIOException e) {
            return bad(String.valueOf(e.getMessage()), List.of());
        } catch (BeansException e) {
            return bad(LedgerCommand.cause(e), List.of());
        }
    }

    private double number(String name, double usual, double least, double most) {
        String text = line.one(name).orElse(null);
        try {
            double number = text == null ? usual : Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new Misuse("--" + name + " must be a number");
        }
        throw new Misuse("--" + name + " is out of its range");
    }

    private boolean progress(long seen) {
        if (seen > 0 && seen % 10_000 == 0) {
            err.println(seen + " signals gone through");
        }
        return true;
    }

    private int bad(String why, List<PolicyProblem> problems) {
        if (line.has("json")) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("result", "unusable");
            form.put("cause", why);
            form.put("problems", problems.stream().map(PolicyProblem::toJson).toList());
            out.println(Wire.write(form));
        } else {
            out.println(why);
            problems.forEach(problem -> out.println("  - " + problem.text()));
        }
        return CommandLine.BAD;
    }

    private int tell(Simulated simulated) {
        if (simulated instanceof Simulated.Refused refused) {
            List<PolicyProblem> problems = new ArrayList<>();
            refused.problems().forEach(problems::add);
            return bad("The rules cannot be used:", problems);
        }
        PolicyComparison comparison = ((Simulated.Done) simulated).comparison();
        if (line.has("json")) {
            out.println(Wire.write(comparison));
            return CommandLine.GOOD;
        }
        out.printf(
                "%d signals, %d would be decided otherwise%s%s%n",
                comparison.signals(),
                comparison.changed(),
                comparison.skipped() == 0 ? "" : "; " + comparison.skipped() + " were never decided",
                comparison.failed() == 0 ? "" : "; on " + comparison.failed() + " the draft FAILS");
        table("rule", comparison.rules());
        table("action", comparison.kinds());
        if (!comparison.subjects().isEmpty()) {
            out.println();
            out.printf("%8s  %s%n", "signals", "subject");
            comparison.subjects().forEach(each -> out.printf("%8d  %s%n", each.changed(), each.subject()));
        }
        if (!comparison.examples().isEmpty()) {
            out.println();
            out.println("examples");
            comparison.examples().forEach(this::example);
        }
        return CommandLine.GOOD;
    }

    /** Only what changes: a policy has many rules that do not. */
    private void table(String head, Map<String, Change> changes) {
        boolean first = true;
        for (Map.Entry<String, Change> each : changes.entrySet()) {
            Change change = each.getValue();
            if (change.more() + change.less() + change.other() == 0) {
                continue;
            }
            if (first) {
                out.println();
                out.printf("%8s %8s %8s %8s %8s  %s%n", "before", "after", "more", "less", "other", head);
                first = false;
            }
            out.printf(
                    "%8d %8d %8d %8d %8d  %s%n",
                    change.before(), change.after(), change.more(), change.less(), change.other(), each.getKey());
        }
    }

    private void example(DecisionDifference example) {
        out.printf(
                "  %s %s %s %s%n",
                example.receivedAt(),
                example.signalId(),
                example.event(),
                example.subject() == null ? "" : example.subject());
        say("more rules", example.rulesMore());
        say("fewer rules", example.rulesLess());
        say("more actions", example.actionsMore());
        say("fewer actions", example.actionsLess());
        say("other actions", example.actionsOther());
        if (!example.severityBefore().equals(example.severityAfter())) {
            say("severity", List.of(example.severityBefore() + " -> " + example.severityAfter()));
        }
    }

    private void say(String what, List<String> names) {
        if (!names.isEmpty()) {
            out.println("      " + what + ": " + String.join("; ", names));
        }
    }

    /** Claims of SETs, one JSON object a line; read as if each had been verified. */
    private static final class Events implements Iterator<Replayed> {

        private final Path file;
        private final Clock clock;
        private final NormalizeSet normalize = new NormalizeSet();
        private final BufferedReader lines;
        private int number;
        private @Nullable String line;

        Events(Path file, Clock clock) {
            this.file = file;
            this.clock = clock;
            try {
                this.lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalArgumentException("The events in " + file + " cannot be read: " + e, e);
            }
            forward();
        }

        private void forward() {
            try {
                do {
                    line = lines.readLine();
                    number++;
                } while (line != null && line.isBlank());
                if (line == null) {
                    lines.close();
                }
            } catch (IOException e) {
                throw new IllegalArgumentException("The events in " + file + " cannot be read: " + e, e);
            }
        }

        @Override
        public boolean hasNext() {
            return line != null;
        }

        @Override
        public Replayed next() {
            if (line == null) {
                throw new NoSuchElementException();
            }
            try {
                Replayed replayed = new Replayed(normalize.normalize(set(Wire.readObject(line))), null);
                forward();
                return replayed;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
            }
        }

        private VerifiedSet set(Map<String, Object> claims) {
            Instant issued = claims.get("iat") instanceof Number seconds
                    ? Instant.ofEpochSecond(seconds.longValue())
                    : clock.instant();
            SubjectIdentifier subject = claims.get("sub_id") instanceof Map<?, ?> members
                    ? SubjectIdentifier.of(object(members))
                            .orElseThrow(() -> new IllegalArgumentException("sub_id is no subject identifier"))
                    : null;
            if (!(claims.get("events") instanceof Map<?, ?> events) || events.isEmpty()) {
                throw new IllegalArgumentException("there are no events in it");
            }
            Map<String, Map<String, Object>> payloads = new LinkedHashMap<>();
            events.forEach((uri, payload) -> payloads.put(
                    String.valueOf(uri), payload instanceof Map<?, ?> members ? object(members) : Map.of()));
            return new VerifiedSet(
                    text(claims, "iss", "https://issuer.invalid"),
                    text(claims, "jti", "line-" + number),
                    issued,
                    List.of(),
                    null,
                    null,
                    subject,
                    payloads,
                    "",
                    issued);
        }

        private static String text(Map<String, Object> claims, String name, String otherwise) {
            return claims.get(name) instanceof String text ? text : otherwise;
        }

        @SuppressWarnings("unchecked") // what JSON is read as
        private static Map<String, Object> object(Map<?, ?> members) {
            return (Map<String, Object>) members;
        }
    }
}
