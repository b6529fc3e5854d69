package io.signalbox.decide;

import io.signalbox.event.EventPayload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExistsDescr;
import org.drools.drl.ast.descr.ImportDescr;
import org.drools.drl.ast.descr.NotDescr;
import org.drools.drl.ast.descr.OrDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;

/**
 * A file of rules as it was read. A decision table becomes rules first: lint and messages then see the same for both
 * kinds of file.
 *
 * @param path below the rules folder
 * @param drl its rules, as text
 * @param content its rules, as the parser understood them
 * @param rows rule name to the line of its row; empty if this is no decision table
 */
record RuleFile(String path, String drl, PackageDescr content, Map<String, Integer> rows) {

    private static final Pattern ROW = Pattern.compile("// rule values at [A-Z]+(\\d+),[^\\n]*\\s+rule \"([^\"]*)\"");

    static RuleFile of(String path, String source, String drl, PackageDescr content) {
        Map<String, Integer> rows = new HashMap<>();
        if (PolicyFiles.isTable(path)) {
            List<Integer> lines = linesOfRows(source);
            Matcher row = ROW.matcher(drl);
            while (row.find()) {
                int number = Integer.parseInt(row.group(1));
                rows.put(row.group(2), number <= lines.size() ? lines.get(number - 1) : number);
            }
        }
        return new RuleFile(path, drl, content, Map.copyOf(rows));
    }

    /** A row of a decision table, and the line that it stands in. */
    record Row(String rule, int line) {}

    /** The last row whose rule begins before this line of the rules; null if there is none. */
    static @Nullable Row rowBefore(String source, String drl, int drlLine) {
        List<Integer> lines = linesOfRows(source);
        Row last = null;
        Matcher row = ROW.matcher(drl);
        while (row.find()) {
            long begins =
                    drl.substring(0, row.start()).chars().filter(c -> c == '\n').count() + 1;
            int number = Integer.parseInt(row.group(1));
            if (begins <= drlLine && number <= lines.size()) {
                last = new Row(row.group(2), lines.get(number - 1));
            }
        }
        return last;
    }

    /** A cell in quotes may go on over several lines. */
    private static List<Integer> linesOfRows(String csv) {
        List<Integer> lines = new ArrayList<>();
        boolean quoted = false;
        int line = 1;
        boolean begins = true;
        for (int i = 0; i < csv.length(); i++) {
            if (begins) {
                lines.add(line);
                begins = false;
            }
            char c = csv.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\n') {
                line++;
                begins = !quoted;
            }
        }
        return lines;
    }

    boolean isTable() {
        return PolicyFiles.isTable(path);
    }

    List<RuleDescr> rules() {
        return content.getRules();
    }

    /** Where the rule begins, in the file that somebody edits. */
    int line(RuleDescr rule) {
        return rows.getOrDefault(rule.getName(), isTable() ? 0 : rule.getLine());
    }

    /** Where something in a rule stands; of a decision table, its row. */
    int line(RuleDescr rule, int within) {
        return isTable() || within <= 0 ? line(rule) : within;
    }

    /** Where the first word of the then-part stands: the parser leaves out the blanks before it. */
    int consequenceLine(RuleDescr rule) {
        int begin = Math.max(0, Math.min(rule.getStartCharacter(), drl.length()));
        int at = drl.indexOf(String.valueOf(rule.getConsequence()).strip(), begin);
        return at < 0
                ? rule.getConsequenceLine()
                : 1 + (int) drl.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** The types that this file names by their simple names. */
    List<String> imports() {
        return content.getImports().stream().map(ImportDescr::getTarget).toList();
    }

    /** The class of a pattern; null if it is none of the model. */
    @Nullable
    Class<?> type(PatternDescr pattern) {
        return RuleVocabulary.type(pattern.getObjectType(), imports());
    }

    /** Types of the events that a rule speaks of. */
    Set<Class<?>> payloads(RuleDescr rule) {
        Set<Class<?>> payloads = new LinkedHashSet<>();
        patterns(rule.getLhs()).map(this::type).forEach(type -> {
            if (type != null && EventPayload.class.isAssignableFrom(type)) {
                payloads.add(type);
            }
        });
        return payloads;
    }

    /**
     * Types without one of which the rule cannot fire: what it asks for beside the event need not be looked up for others.
     * All types, if that cannot be told.
     */
    Set<Class<?>> about(RuleDescr rule) {
        Set<Class<?>> about = about(rule.getLhs());
        return about.isEmpty() ? Set.of(EventPayload.class) : about;
    }

    private Set<Class<?>> about(BaseDescr condition) {
        if (condition instanceof PatternDescr pattern) {
            Class<?> type = type(pattern);
            return type != null && EventPayload.class.isAssignableFrom(type) ? Set.of(type) : Set.of();
        }
        if (condition instanceof OrDescr or) {
            Set<Class<?>> either = new LinkedHashSet<>();
            for (Object branch : or.getDescrs()) {
                Set<Class<?>> about = about((BaseDescr) branch);
                if (about.isEmpty()) {
                    return Set.of();
                }
                either.addAll(about);
            }
            return either;
        }
        if (condition instanceof AndDescr and) {
            for (Object part : and.getDescrs()) {
                Set<Class<?>> about = about((BaseDescr) part);
                if (!about.isEmpty()) {
                    return about;
                }
            }
        }
        return Set.of();
    }

    /** All patterns of a rule, also those in 'not', 'or' and 'exists'. */
    static Stream<PatternDescr> patterns(BaseDescr condition) {
        if (condition instanceof PatternDescr pattern) {
            return Stream.of(pattern);
        }
        return condition instanceof ConditionalElementDescr group
                ? group.getDescrs().stream().flatMap(part -> patterns((BaseDescr) part))
                : Stream.empty();
    }

    /** The condition as text again, with its own constraints or with others in the place of a pattern's. */
    static String text(BaseDescr condition) {
        if (condition instanceof PatternDescr pattern) {
            return text(
                    pattern,
                    pattern.getDescrs().stream()
                            .map(constraint -> String.valueOf(constraint.getText()))
                            .toList());
        }
        List<String> parts = new ArrayList<>();
        for (Object part : ((ConditionalElementDescr) condition).getDescrs()) {
            parts.add(text((BaseDescr) part));
        }
        if (condition instanceof NotDescr) {
            return "not( " + String.join(" and ", parts) + " )";
        }
        if (condition instanceof ExistsDescr) {
            return "exists( " + String.join(" and ", parts) + " )";
        }
        String word = condition instanceof OrDescr ? " or " : " and ";
        return "( " + String.join(word, parts) + " )";
    }

    static String text(PatternDescr pattern, List<String> constraints) {
        String bound = pattern.getIdentifier();
        return (bound == null || bound.isEmpty() ? "" : bound + " : ") + pattern.getObjectType() + "( "
                + String.join(", ", constraints) + " )";
    }

    /** What stands above the rules of this file. */
    String header() {
        StringBuilder header =
                new StringBuilder("package ").append(content.getName()).append('\n');
        imports().forEach(name -> header.append("import ").append(name).append('\n'));
        return header.append("global io.signalbox.action.Actions actions\n").toString();
    }
}
