package io.signalbox.decide;

import io.signalbox.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.drools.drl.ast.descr.RuleDescr;

/**
 * Rows of a decision table beside each other: two that ask the same, two that can both fit one event, and values that no
 * row is about. A table that does nothing but say how bad an event is may overlap and have gaps: there the highest holds.
 */
final class TableRows {

    private record Row(RuleDescr rule, String conditions, List<Comparison> comparisons, boolean ratesOnly) {

        boolean canFitWith(Row other) {
            return comparisons.stream()
                    .noneMatch(mine -> other.comparisons.stream().anyMatch(mine::excludes));
        }
    }

    /** A member that rows compare, and where: the same name of another type is another member. */
    private record Column(Class<?> type, String member) {}

    private final RuleFile file;
    private final List<Row> rows = new ArrayList<>();
    private final List<PolicyProblem> problems = new ArrayList<>();

    private TableRows(RuleFile file) {
        this.file = file;
        for (RuleDescr rule : file.rules()) {
            rows.add(new Row(
                    rule,
                    RuleFile.text(rule.getLhs()).replaceAll("\\s+", ""),
                    Comparison.of(file, rule),
                    PolicyLint.wishes(file, rule).isEmpty()));
        }
    }

    static List<PolicyProblem> problems(RuleFile file) {
        if (!file.isTable()) {
            return List.of();
        }
        TableRows table = new TableRows(file);
        table.overlaps();
        table.gaps();
        return table.problems;
    }

    private void overlaps() {
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            for (Row above : rows.subList(0, i)) {
                String where = "\"" + above.rule().getName() + "\" in line " + file.line(above.rule());
                if (row.conditions().equals(above.conditions())) {
                    problems.add(PolicyProblem.error(
                            file.path(),
                            row.rule().getName(),
                            file.line(row.rule()),
                            "asks for the same as row " + where + ", so both fire always; make one row of them"));
                } else if (!row.ratesOnly() && !above.ratesOnly() && row.canFitWith(above)) {
                    problems.add(PolicyProblem.warning(
                            file.path(),
                            row.rule().getName(),
                            file.line(row.rule()),
                            "can fit the same event as row " + where
                                    + ", and then both fire; fill an empty cell if one is meant"));
                }
            }
        }
    }

    private void gaps() {
        if (rows.stream().allMatch(Row::ratesOnly)) {
            return;
        }
        Map<Column, Set<String>> covered = new LinkedHashMap<>();
        for (Row row : rows) {
            for (Comparison comparison : row.comparisons()) {
                if (comparison.equality() && comparison.constant().matches("[A-Z]\\w*\\.[A-Z0-9_]+")) {
                    covered.computeIfAbsent(
                                    new Column(comparison.type(), comparison.member()), any -> new LinkedHashSet<>())
                            .add(comparison.constant());
                }
            }
        }
        covered.forEach((column, constants) -> {
            boolean somebodyTakesAll = rows.stream()
                    .anyMatch(row -> RuleFile.patterns(row.rule().getLhs())
                                    .anyMatch(pattern -> file.type(pattern) == column.type())
                            && row.comparisons().stream()
                                    .noneMatch(each -> each.type() == column.type()
                                            && each.member().equals(column.member())));
            Set<String> missing =
                    new TreeSet<>(constantsBeside(constants.iterator().next()));
            missing.removeAll(constants);
            if (!somebodyTakesAll && !missing.isEmpty()) {
                problems.add(PolicyProblem.warning(
                        file.path(),
                        null,
                        0,
                        "no row is about " + column.type().getSimpleName() + " with " + column.member() + " "
                                + String.join(", ", missing) + "; add one, or a row with that cell empty"));
            }
        });
    }

    private Set<String> constantsBeside(String constant) {
        String type = constant.substring(0, constant.indexOf('.'));
        Class<?> known = RuleVocabulary.type(type, file.imports());
        Set<String> all = new LinkedHashSet<>();
        if (known != null && known.isEnum()) {
            for (Object each : known.getEnumConstants()) {
                all.add(type + "." + ((Enum<?>) each).name());
            }
        }
        return all;
    }
}
