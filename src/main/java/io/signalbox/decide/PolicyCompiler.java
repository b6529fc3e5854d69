package io.signalbox.decide;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.drools.decisiontable.InputType;
import org.drools.decisiontable.SpreadsheetCompiler;
import org.drools.drl.ast.descr.ImportDescr;
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

    /** A file that so much as names it costs each decision a look into the ledger, no more. */
    private static final Pattern POSTURE = Pattern.compile("\\bPosture\\b");

    /** A decision table becomes rules first: lint and messages then see the same for both kinds of file. */
    private record RuleFile(String path, String drl, PackageDescr content) {

        List<RuleDescr> rules() {
            return content.getRules();
        }
    }

    private PolicyCompiler() {}

    static Policy compile(PolicyFiles files) {
        List<String> problems = new ArrayList<>(files.problems());
        List<RuleFile> read = read(files, problems);
        for (RuleFile file : read) {
            problems.addAll(PolicyLint.problems(file.path(), file.content()));
        }
        problems.addAll(repeatedNames(read));
        if (problems.isEmpty() && read.stream().allMatch(file -> file.rules().isEmpty())) {
            problems.add("there is not one rule in its files");
        }
        refuseIfAny(files, problems);
        return build(files, read);
    }

    /** Compiles what no lint has seen. For tests of the engine's own guards alone. */
    static Policy compileWithoutLint(PolicyFiles files) {
        List<String> problems = new ArrayList<>();
        List<RuleFile> read = read(files, problems);
        refuseIfAny(files, problems);
        return build(files, read);
    }

    private static Policy build(PolicyFiles files, List<RuleFile> read) {
        Map<String, String> drl = new LinkedHashMap<>();
        read.forEach(file -> drl.put(file.path(), file.drl()));
        List<String> errors = new ArrayList<>();
        KieBase rules = compileDrl(drl, errors);
        if (rules == null) {
            throw new BrokenPolicyException(files.origin(), locate(read, errors));
        }
        Map<String, Integer> order = order(read);
        PolicyInfo info = new PolicyInfo(files.version(), order.size(), read.size(), files.origin());
        return new Policy(info, rules, order, read.stream().anyMatch(file -> POSTURE.matcher(file.drl())
                .find()));
    }

    private static void refuseIfAny(PolicyFiles files, List<String> problems) {
        if (!problems.isEmpty()) {
            throw new BrokenPolicyException(files.origin(), problems);
        }
    }

    private static List<RuleFile> read(PolicyFiles files, List<String> problems) {
        List<RuleFile> read = new ArrayList<>();
        for (String path : files.rules()) {
            try {
                String source = files.contents().getOrDefault(path, "");
                String drl = PolicyFiles.isTable(path) ? tableAsRules(source) : source;
                DrlParser parser = new DrlParser();
                PackageDescr content = parser.parse(false, drl);
                if (parser.hasErrors() || content == null) {
                    parser.getErrors().stream()
                            .map(DroolsError::getMessage)
                            .forEach(error -> problems.add(path + ": " + error));
                    if (!parser.hasErrors()) {
                        problems.add(path + ": is empty");
                    }
                } else {
                    read.add(new RuleFile(path, drl, content));
                }
            } catch (DroolsParserException | RuntimeException e) {
                problems.add(path + ": cannot be read: " + e.getMessage());
            }
        }
        return read;
    }

    private static String tableAsRules(String csv) {
        return new SpreadsheetCompiler()
                .compile(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), InputType.CSV);
    }

    /** The name stands for the rule in every record of a decision: it must mean one rule. */
    private static List<String> repeatedNames(List<RuleFile> files) {
        List<String> problems = new ArrayList<>();
        Map<String, String> seen = new HashMap<>();
        for (RuleFile file : files) {
            for (RuleDescr rule : file.rules()) {
                String before = seen.putIfAbsent(rule.getName(), file.path());
                if (before != null) {
                    problems.add(
                            file.path() + ", rule \"" + rule.getName() + "\": there is one of this name in " + before);
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
    private static List<String> locate(List<RuleFile> files, List<String> together) {
        List<String> problems = new ArrayList<>();
        for (RuleFile file : files) {
            if (compileDrl(Map.of(file.path(), file.drl()), new ArrayList<>()) != null) {
                continue;
            }
            for (RuleDescr rule : file.rules()) {
                List<String> errors = new ArrayList<>();
                if (compileDrl(Map.of(file.path(), alone(file, rule)), errors) == null) {
                    String why = String.join("; ", errors).replace(file.path() + ": ", "");
                    problems.add(file.path() + ", rule \"" + rule.getName() + "\": " + why);
                }
            }
        }
        return problems.isEmpty() ? together : problems;
    }

    private static String alone(RuleFile file, RuleDescr rule) {
        StringBuilder drl =
                new StringBuilder("package ").append(file.content().getName()).append('\n');
        for (ImportDescr imported : file.content().getImports()) {
            drl.append("import ").append(imported.getTarget()).append('\n');
        }
        drl.append("global io.signalbox.action.Actions actions\n");
        int end = Math.min(rule.getEndCharacter() + 1, file.drl().length());
        return drl.append(file.drl(), rule.getStartCharacter(), end)
                .append('\n')
                .toString();
    }

    /** Returns null, and adds to the errors, if they do not compile. */
    private static @Nullable KieBase compileDrl(Map<String, String> drl, List<String> errors) {
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
        } finally {
            // The repository would keep every policy that ever was.
            kie.getRepository().removeKieModule(id);
        }
        return null;
    }
}
