package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.decide.DecideActions;
import io.signalbox.event.Signal;
import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.PolicyExplanation;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.RuleReading;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.PastSignals;
import io.signalbox.store.jdbc.PastSignalsConfig;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.BeansException;
import org.springframework.core.env.Environment;

/**
 * {@code policy check} says what is wrong with a policy, {@code policy test} what its cases give, {@code policy explain}
 * why a rule fires for an event or does not. None of them touches a gateway that runs.
 */
final class PolicyCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar policy check [--rules <folder>] [--json] [--key=value ...]
                   java -jar signalbox.jar policy test [--rules <folder>] [--junit <file>] [--json] [--key=value ...]
                   java -jar signalbox.jar policy explain <file|-|signal id|jti> [--rules <folder>] [--json] [--key=value ...]
                        a file holds an event as in the cases, YAML or JSON:
                        { event: caep/risk-level-change, principal: USER, current_level: HIGH }
                        an id or jti is looked up in the ledger""";

    private static final Set<String> SWITCHES = Set.of("json");
    private static final Set<String> OPTIONS = Set.of("rules", "junit");
    private static final int MAX_BYTES = 1024 * 1024;

    private final CommandLine line;
    private final InputStream in;
    private final PrintStream out;

    private PolicyCommand(CommandLine line, InputStream in, PrintStream out) {
        this.line = line;
        this.in = in;
        this.out = out;
    }

    /** Gives the exit code: 0 good, 1 the policy has an error or a case failed, 2 misuse. */
    static int run(List<String> arguments, InputStream in, PrintStream out) {
        try {
            CommandLine line = CommandLine.read(arguments, SWITCHES, OPTIONS);
            List<String> words = line.words();
            String what = words.isEmpty() ? "" : words.get(0);
            boolean understood = (what.equals("check") || what.equals("test")) && words.size() == 1
                    || what.equals("explain") && words.size() == 2;
            if (!understood) {
                return CommandLine.MISUSE;
            }
            PolicyCommand command = new PolicyCommand(line, in, out);
            // Opened for what is configured, and for its log, which is silent.
            try (Configured configured = line.configured()) {
                return command.run(what, configured.environment());
            }
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private int run(String what, Environment environment) {
        Path rules;
        PolicyDesk desk;
        try {
            rules = Path.of(
                    line.one("rules").orElseGet(() -> environment.getProperty("signalbox.rules-directory", "./rules")));
            desk = DecideActions.desk(ZoneId.of(environment.getProperty("signalbox.decide.zone", "UTC")));
        } catch (InvalidPathException e) {
            return bad("--rules names no folder");
        } catch (DateTimeException e) {
            return bad("signalbox.decide.zone must name a time zone such as Europe/Berlin");
        }
        if (line.has("rules") && !Files.isDirectory(rules)) {
            return bad("--rules: there is no folder " + rules);
        }
        if (what.equals("explain")) {
            return explain(desk, rules);
        }
        PolicyReport report = desk.check(rules, DecideActions.surroundings(environment));
        return what.equals("check") ? check(report) : test(report);
    }

    private int check(PolicyReport report) {
        long errors = report.problems().stream().filter(PolicyProblem::isError).count();
        if (line.has("json")) {
            Map<String, Object> form = head(report, errors == 0);
            out.println(Wire.write(form));
        } else {
            report.problems().forEach(this::tell);
            out.println(
                    report.problems().isEmpty()
                            ? "good: " + named(report)
                            : counted(errors, "error") + ", "
                                    + counted(report.problems().size() - errors, "warning")
                                    + (report.rules() == 0 ? "; nothing was compiled or run" : " in " + named(report)));
        }
        return errors == 0 ? CommandLine.GOOD : CommandLine.BAD;
    }

    private static Map<String, Object> head(PolicyReport report, boolean good) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("good", good);
        form.put("version", report.version());
        form.put("rules", report.rules());
        form.put(
                "problems",
                report.problems().stream().map(PolicyProblem::toJson).toList());
        return form;
    }

    private void tell(PolicyProblem problem) {
        out.println((problem.isError() ? "ERROR   " : "WARNING ") + printable(problem.text()));
    }

    private int test(PolicyReport report) {
        List<CaseResult> failed =
                report.cases().stream().filter(each -> !each.passed()).toList();
        boolean compiled = report.rules() > 0;
        boolean unreadable = report.problems().stream()
                .anyMatch(problem -> problem.isError() && problem.file().endsWith(".cases.yaml"));
        boolean good = compiled && failed.isEmpty() && !unreadable;
        if (!junit(report)) {
            return CommandLine.BAD;
        }
        if (line.has("json")) {
            Map<String, Object> form = head(report, good);
            form.put("cases", report.cases().stream().map(CaseResult::toJson).toList());
            form.put("millis", report.casesMillis());
            out.println(Wire.write(form));
            return good ? CommandLine.GOOD : CommandLine.BAD;
        }
        report.problems().stream()
                .filter(problem ->
                        problem.isError() && (!compiled || problem.file().endsWith(".cases.yaml")))
                .forEach(this::tell);
        failed.forEach(this::tell);
        out.println(
                compiled
                        ? counted(report.cases().size(), "case") + ", " + failed.size() + " failed, in "
                                + report.casesMillis() + " ms (compiled in " + report.compileMillis() + " ms): "
                                + named(report)
                        : "nothing was compiled or run");
        return good ? CommandLine.GOOD : CommandLine.BAD;
    }

    private void tell(CaseResult failed) {
        out.println("FAILED  " + printable(failed.file() + ":" + failed.line() + ": " + failed.sentence()));
        out.println("    expected  " + lines(failed.expected()));
        out.println("    got       " + lines(failed.got()));
        failed.differences().forEach(difference -> out.println("    -> " + printable(difference)));
    }

    private static String lines(List<String> actions) {
        return actions.isEmpty()
                ? "nothing"
                : actions.stream().map(PolicyCommand::printable).collect(Collectors.joining("\n              "));
    }

    /** False after it was said that the file cannot be written. */
    private boolean junit(PolicyReport report) {
        String file = line.one("junit").orElse("");
        if (file.isEmpty()) {
            return true;
        }
        try {
            Files.writeString(Path.of(file), JUnitXml.of(report));
            return true;
        } catch (IOException | InvalidPathException e) {
            int ignored = bad("--junit: " + file + " cannot be written");
            return false;
        }
    }

    private int explain(PolicyDesk desk, Path rules) {
        String what = line.words().get(1);
        List<PolicyExplanation> explanations;
        try {
            explanations = what.equals("-") || Files.isRegularFile(Path.of(what))
                    ? desk.explain(rules, text(what))
                    : recorded(desk, rules, what);
        } catch (IOException | InvalidPathException e) {
            return bad(what + " cannot be read");
        } catch (IllegalArgumentException e) {
            return bad(String.valueOf(e.getMessage()));
        }
        if (line.has("json")) {
            out.println(Wire.write(
                    explanations.stream().map(PolicyExplanation::toJson).toList()));
        } else {
            explanations.forEach(this::tell);
        }
        return CommandLine.GOOD;
    }

    private String text(String file) throws IOException {
        byte[] bytes = file.equals("-") ? in.readNBytes(MAX_BYTES) : Files.readAllBytes(Path.of(file));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Of what is in the ledger; the gateway may run or not. */
    private List<PolicyExplanation> recorded(PolicyDesk desk, Path rules, String idOrJti) {
        try (Configured ledger = line.configured(PastSignalsConfig.class)) {
            PastSignals signals = ledger.context().getBean(PastSignals.class);
            List<PolicyExplanation> explanations = new ArrayList<>();
            for (Signal signal : signals.named(idOrJti)) {
                explanations.addAll(desk.explain(rules, signal, signals.before(signal)));
            }
            if (explanations.isEmpty()) {
                throw new IllegalArgumentException(
                        "There is no file " + idOrJti + ", and no signal with this id or jti in the ledger");
            }
            return explanations;
        } catch (LedgerUnavailableException | BeansException e) {
            throw new IllegalArgumentException(
                    "There is no file " + idOrJti + ", and the ledger cannot be read: " + ReceiverCommand.reason(e));
        }
    }

    private void tell(PolicyExplanation explanation) {
        out.println(printable(explanation.event()) + ", decided by " + explanation.version());
        if (explanation.unseen() != null) {
            out.println("  no rule sees it: " + printable(explanation.unseen()));
            return;
        }
        out.println("  actions   " + lines(explanation.actions()));
        for (RuleReading reading : explanation.rules()) {
            String word = reading.fired() ? "FIRED " : reading.nearlyFired() ? "NEARLY" : "no    ";
            out.println("  " + word + "    \"" + printable(reading.rule()) + "\"  (" + reading.file() + ":"
                    + reading.line() + ")");
            for (RuleReading.Condition condition : reading.conditions()) {
                out.println("              " + (condition.held() ? "yes  " : "NO   ") + printable(condition.text())
                        + (condition.found() == null ? "" : "   found " + printable(condition.found())));
            }
        }
    }

    private static String named(PolicyReport report) {
        return report.version() + ", " + counted(report.rules(), "rule");
    }

    private static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String printable(String text) {
        return ReceiverCommand.printable(text);
    }

    private int bad(String why) {
        out.println(line.has("json") ? Wire.write(Map.of("good", false, "description", why)) : why);
        return CommandLine.BAD;
    }
}
