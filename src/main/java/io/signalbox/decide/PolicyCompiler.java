package io.signalbox.decide;

import io.signalbox.action.Capabilities;
import io.signalbox.decide.Policy.Fact;
import io.signalbox.event.History;
import io.signalbox.event.Moment;
import io.signalbox.event.Posture;
import io.signalbox.policy.PolicyProblem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.drools.decisiontable.InputType;
import org.drools.decisiontable.SpreadsheetCompiler;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.drools.drl.parser.DrlParser;
import org.drools.drl.parser.DroolsError;
import org.drools.drl.parser.DroolsParserException;
import org.drools.model.codegen.ExecutableModelProject;
import org.jspecify.annotations.Nullable;
import org.kie.api.KieBase;
import org.kie.api.KieServices;
import org.kie.api.builder.KieBuilder;
import org.kie.api.builder.KieFileSystem;
import org.kie.api.builder.Message;
import org.kie.api.builder.ReleaseId;

/**
 * Makes a {@link Policy} of files, or says everything that is wrong with them at once. Rules become Java classes by way
 * of the compiler that comes with the engine, so a runtime without {@code javac} is enough.
 */
final class PolicyCompiler {

    private static final Map<Class<?>, Fact> FACTS = Map.of(
            Posture.class, Fact.POSTURE,
            History.class, Fact.HISTORY,
            Moment.class, Fact.MOMENT,
            Capabilities.class, Fact.CAPABILITIES);

    private static final Pattern SEMICOLONS = Pattern.compile("\\s*\"?RuleSet\"?\\s*;");

    private static final String TOO_LONG = "is too long a chain of conditions or texts; write several rules";

    private PolicyCompiler() {}

    static Policy compile(PolicyFiles files) {
        return build(files, linted(files));
    }

    /**
     * Reads and lints; compiles and runs nothing.
     *
     * @throws BrokenPolicyException naming all that is wrong
     */
    static List<RuleFile> linted(PolicyFiles files) {
        List<PolicyProblem> problems = new ArrayList<>(files.problems());
        List<RuleFile> read = read(files, problems);
        for (RuleFile file : read) {
            problems.addAll(PolicyLint.problems(file));
        }
        problems.addAll(repeatedNames(read));
        if (problems.isEmpty() && read.stream().allMatch(file -> file.rules().isEmpty())) {
            problems.add(PolicyProblem.error(files.origin(), null, 0, "there is not one rule in its files"));
        }
        refuseIfAny(files, problems);
        return read;
    }

    /** Compiles what no lint has seen. For tests of the engine's own guards alone. */
    static Policy compileWithoutLint(PolicyFiles files) {
        List<PolicyProblem> problems = new ArrayList<>();
        List<RuleFile> read = read(files, problems);
        refuseIfAny(files, problems);
        return build(files, read);
    }

    static Policy build(PolicyFiles files, List<RuleFile> read) {
        Map<String, String> drl = new LinkedHashMap<>();
        read.forEach(file -> drl.put(file.path(), file.drl()));
        List<String> errors = new ArrayList<>();
        KieBase rules = compileDrl(drl, errors);
        if (rules == null) {
            throw new BrokenPolicyException(files.origin(), locate(files, read, errors));
        }
        Map<String, Integer> order = order(read);
        PolicyInfo info = new PolicyInfo(files.version(), order.size(), read.size(), files.origin());
        String all = String.join("\n", drl.values());
        return new Policy(
                info, rules, order, shadowed(read), facts(read), ConditionValue.of(read), HistoryLint.longest(all));
    }

    private static Set<String> shadowed(List<RuleFile> read) {
        return read.stream()
                .flatMap(file -> file.rules().stream())
                .filter(rule -> rule.getAnnotations().stream()
                        .anyMatch(annotation -> annotation.getName().equals(PolicyLint.SHADOW)))
                .map(RuleDescr::getName)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Map<Fact, Set<Class<?>>> facts(List<RuleFile> read) {
        Map<Fact, Set<Class<?>>> facts = new EnumMap<>(Fact.class);
        for (RuleFile file : read) {
            for (RuleDescr rule : file.rules()) {
                Set<Class<?>> about = file.about(rule);
                RuleFile.patterns(rule.getLhs()).map(file::type).forEach(type -> {
                    Fact fact = type == null ? null : FACTS.get(type);
                    if (fact != null) {
                        facts.computeIfAbsent(fact, any -> new HashSet<>()).addAll(about);
                    }
                });
                if (Sentence.asksForPosture(String.valueOf(rule.getConsequence()))) {
                    facts.computeIfAbsent(Fact.POSTURE, any -> new HashSet<>()).addAll(about);
                }
            }
        }
        return facts;
    }

    private static void refuseIfAny(PolicyFiles files, List<PolicyProblem> problems) {
        if (!problems.isEmpty()) {
            throw new BrokenPolicyException(files.origin(), problems);
        }
    }

    private static List<RuleFile> read(PolicyFiles files, List<PolicyProblem> problems) {
        List<RuleFile> read = new ArrayList<>();
        for (String path : files.rules()) {
            try {
                String source = withoutMark(files.contents().getOrDefault(path, ""));
                if (PolicyFiles.isTable(path) && SEMICOLONS.matcher(source).lookingAt()) {
                    problems.add(PolicyProblem.error(
                            path,
                            null,
                            1,
                            "has its cells apart by semicolons; save it as a CSV file with commas, texts in quotes"));
                    continue;
                }
                String drl = PolicyFiles.isTable(path) ? tableAsRules(source) : source;
                if (Nesting.of(drl) > Nesting.DEEPEST) {
                    problems.add(PolicyProblem.error(
                            path,
                            null,
                            0,
                            "has more than " + Nesting.DEEPEST + " parentheses in one another; write several rules"));
                    continue;
                }
                DrlParser parser = new DrlParser();
                PackageDescr content = parser.parse(false, drl);
                if (parser.hasErrors() || content == null) {
                    parser.getErrors().forEach(error -> problems.add(unreadable(path, source, drl, error)));
                    if (!parser.hasErrors()) {
                        problems.add(PolicyProblem.error(path, null, 0, "is empty"));
                    }
                } else {
                    read.add(RuleFile.of(path, source, drl, content));
                }
            } catch (DroolsParserException | RuntimeException e) {
                problems.add(PolicyProblem.error(path, null, 0, "cannot be read: " + e.getMessage()));
            } catch (StackOverflowError e) {
                // The parser calls itself for each part of a chain. Nothing is half done: it is given up as a whole.
                problems.add(PolicyProblem.error(path, null, 0, TOO_LONG));
            }
        }
        return read;
    }

    /** Spreadsheet programs begin a file with it, and it would be part of the first word. */
    private static String withoutMark(String source) {
        return source.startsWith("\ufeff") ? source.substring(1) : source;
    }

    private static PolicyProblem unreadable(String path, String source, String drl, DroolsError error) {
        int[] lines = error.getLines();
        int line = lines.length == 0 ? 0 : Math.max(0, lines[0]);
        if (!PolicyFiles.isTable(path)) {
            return PolicyProblem.error(path, null, line, error.getMessage());
        }
        // Lines of the rules that the table became tell nobody anything; the row before that line does.
        RuleFile.Row row = RuleFile.rowBefore(source, drl, line);
        return row == null
                ? PolicyProblem.error(path, null, 0, error.getMessage())
                : PolicyProblem.error(
                        path,
                        row.rule(),
                        row.line(),
                        "a cell of this row makes no condition or call that can be read: " + error.getMessage());
    }

    private static String tableAsRules(String csv) {
        return new SpreadsheetCompiler()
                .compile(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), InputType.CSV);
    }

    /** The name stands for the rule in every record of a decision: it must mean one rule. */
    private static List<PolicyProblem> repeatedNames(List<RuleFile> files) {
        List<PolicyProblem> problems = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (RuleFile file : files) {
            for (RuleDescr rule : file.rules()) {
                String before = seen.putIfAbsent(rule.getName(), file.path());
                if (before != null) {
                    problems.add(PolicyProblem.error(
                            file.path(),
                            rule.getName(),
                            file.line(rule),
                            "there is one of this name in " + before + "; give it another"));
                }
            }
        }
        return problems;
    }

    private static Map<String, Integer> order(List<RuleFile> files) {
        record Place(String rule, int salience) {}
        List<Place> places = new ArrayList<>();
        for (RuleFile file : files) {
            for (RuleDescr rule : file.rules()) {
                String salience = rule.getSalience();
                places.add(new Place(rule.getName(), salience == null ? 0 : Integer.parseInt(salience)));
            }
        }
        places.sort(Comparator.comparingInt(Place::salience).reversed());
        Map<String, Integer> order = new HashMap<>();
        places.forEach(place -> order.put(place.rule(), order.size()));
        return Map.copyOf(order);
    }

    /**
     * The engine often does not say which rule it could not compile. So each is compiled by itself until the culprit is
     * found: slow, but only when something is wrong.
     */
    private static List<PolicyProblem> locate(PolicyFiles policy, List<RuleFile> files, List<String> together) {
        List<PolicyProblem> problems = new ArrayList<>();
        for (RuleFile file : files) {
            if (compileDrl(Map.of(file.path(), file.drl()), new ArrayList<>()) != null) {
                continue;
            }
            for (RuleDescr rule : file.rules()) {
                List<String> errors = new ArrayList<>();
                if (compileDrl(Map.of(file.path(), alone(file, rule)), errors) == null) {
                    String why = String.join("; ", errors).replace(file.path() + ": ", "");
                    problems.add(PolicyProblem.error(file.path(), rule.getName(), file.line(rule), why));
                }
            }
        }
        if (problems.isEmpty()) {
            together.forEach(error -> problems.add(PolicyProblem.error(policy.origin(), null, 0, error)));
        }
        return problems;
    }

    private static String alone(RuleFile file, RuleDescr rule) {
        StringBuilder drl = new StringBuilder(file.header());
        int end = Math.min(rule.getEndCharacter() + 1, file.drl().length());
        return drl.append(file.drl(), rule.getStartCharacter(), end)
                .append('\n')
                .toString();
    }

    /** Returns null, and adds to the errors, if they do not compile. */
    static @Nullable KieBase compileDrl(Map<String, String> drl, List<String> errors) {
        KieServices kie = KieServices.get();
        ReleaseId id =
                kie.newReleaseId("io.signalbox", "policy", UUID.randomUUID().toString());
        ClassLoader classes = PolicyCompiler.class.getClassLoader();
        KieFileSystem sources = kie.newKieFileSystem().generateAndWritePomXML(id);
        drl.forEach((path, content) ->
                sources.write("src/main/resources/" + path + (path.endsWith(".drl") ? "" : ".drl"), content));
        try {
            KieBuilder builder = kie.newKieBuilder(sources, classes).buildAll(ExecutableModelProject.class);
            List<Message> failures = builder.getResults().getMessages(Message.Level.ERROR);
            if (failures.isEmpty()) {
                return kie.newKieContainer(id, classes).getKieBase();
            }
            for (Message failure : failures) {
                // The generated class, printed whole, helps nobody who wrote a rule.
                if (!failure.getText().startsWith("Java source of")) {
                    String where = drl.containsKey(failure.getPath()) ? failure.getPath() + ": " : "";
                    errors.add(where + failure.getText().strip());
                }
            }
        } catch (RuntimeException e) {
            errors.add(String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            errors.add(TOO_LONG);
        } finally {
            // The repository would keep every policy that ever was.
            kie.getRepository().removeKieModule(id);
        }
        return null;
    }
}
