package io.signalbox.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;

/**
 * A condition so simple that it can be understood without running it: a member compared with a constant. Of others
 * nothing is claimed.
 *
 * @param type the fact it is asked of
 * @param member its path, such as {@code common.initiatingEntity}
 * @param operator one of {@code == != < <= > >=}
 * @param constant as the rule has it
 * @param pattern where it stands
 */
record Comparison(Class<?> type, String member, String operator, String constant, PatternDescr pattern) {

    private static final Pattern SIMPLE =
            Pattern.compile("\\s*(?:\\$\\w+\\s*:\\s*)?(?<member>[a-z]\\w*(?:!?\\.[a-z]\\w*)*)"
                    + "\\s*(?<operator>==|!=|<=|>=|<|>)\\s*"
                    + "(?<constant>\"[^\"]*\"|[A-Z]\\w*\\.[A-Z][A-Z0-9_]*|-?\\d+(?:\\.\\d+)?|true|false|null)\\s*");

    /** Those that all must hold for the rule to fire: not what stands in 'or', 'not' or 'exists'. */
    static List<Comparison> of(RuleFile file, RuleDescr rule) {
        List<Comparison> comparisons = new ArrayList<>();
        for (Object part : rule.getLhs().getDescrs()) {
            if (part instanceof PatternDescr pattern) {
                Class<?> type = file.type(pattern);
                for (BaseDescr constraint : pattern.getDescrs()) {
                    String text = String.valueOf(constraint.getText());
                    if (type == null || text.contains("||")) {
                        continue;
                    }
                    for (String conjunct : text.split("&&")) {
                        Matcher simple = SIMPLE.matcher(conjunct);
                        if (simple.matches()) {
                            comparisons.add(new Comparison(
                                    type,
                                    simple.group("member").replace("!.", "."),
                                    simple.group("operator"),
                                    simple.group("constant"),
                                    pattern));
                        }
                    }
                }
            }
        }
        return comparisons;
    }

    boolean equality() {
        return operator.equals("==");
    }

    boolean isNumber() {
        return Character.isDigit(constant.charAt(constant.length() - 1))
                && !constant.startsWith("\"")
                && !Character.isUpperCase(constant.charAt(0));
    }

    boolean isText() {
        return constant.startsWith("\"");
    }

    /** A text without its quotes. */
    String value() {
        return isText() ? constant.substring(1, constant.length() - 1) : constant;
    }

    boolean sameMember(Comparison other) {
        return type == other.type && member.equals(other.member);
    }

    /** Whether no value satisfies both. Of one event there is one fact of each type, so it is one value. */
    boolean excludes(Comparison other) {
        if (!sameMember(other)) {
            return false;
        }
        if (isNumber() && other.isNumber()) {
            return excludesNumber(other) || other.excludesNumber(this);
        }
        boolean same = constant.equals(other.constant);
        return equality() && other.equality() && !same
                || equality() && other.operator.equals("!=") && same
                || operator.equals("!=") && other.equality() && same;
    }

    private boolean excludesNumber(Comparison other) {
        double mine = Double.parseDouble(constant);
        double its = Double.parseDouble(other.constant);
        return switch (operator) {
            case "==" -> !holds(mine, other.operator, its);
            case "<" -> equalsOrAbove(other, mine, true);
            case "<=" -> equalsOrAbove(other, mine, false);
            default -> other.operator.equals("==") && !holds(its, operator, mine);
        };
    }

    /** Whether what the other asks for begins where mine has ended. */
    private static boolean equalsOrAbove(Comparison other, double end, boolean open) {
        double its = Double.parseDouble(other.constant);
        return switch (other.operator) {
            case "==", ">=" -> open ? its >= end : its > end;
            case ">" -> its >= end;
            default -> false;
        };
    }

    private static boolean holds(double value, String operator, double constant) {
        return switch (operator) {
            case "==" -> value == constant;
            case "!=" -> value != constant;
            case "<" -> value < constant;
            case "<=" -> value <= constant;
            case ">" -> value > constant;
            default -> value >= constant;
        };
    }

    String text() {
        return member + " " + operator + " " + constant;
    }
}
