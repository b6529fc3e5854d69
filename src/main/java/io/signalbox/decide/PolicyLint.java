package io.signalbox.decide;

import io.signalbox.decide.RuleTokens.ForbiddenException;
import io.signalbox.decide.RuleTokens.Kind;
import io.signalbox.decide.RuleTokens.Token;
import io.signalbox.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.AnnotationDescr;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExistsDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr;
import org.drools.drl.ast.descr.ExprConstraintDescr.Type;
import org.drools.drl.ast.descr.GlobalDescr;
import org.drools.drl.ast.descr.ImportDescr;
import org.drools.drl.ast.descr.NotDescr;
import org.drools.drl.ast.descr.OrDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;

/**
 * What a rule may say. The engine would run any Java that a rule holds; this lint lets through what asks about events
 * and speaks to {@code actions}, and nothing that it does not know.
 */
final class PolicyLint {

    private static final String ACTIONS_TYPE = "io.signalbox.action.Actions";

    /** Without it, {@code actions.request(kind, Map.of(…))} could not be written. */
    private static final String MAP = "java.util.Map";

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,9}");
    private static final Pattern BOUND = Pattern.compile("\\$\\w+");
    private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9_]*");

    /** Names are written into the generated classes, as texts and in comments: nothing that would end either. */
    private static final Pattern HARMLESS_NAME = Pattern.compile("[^\"\\\\*\\p{Cntrl}]{1,200}");

    /** Words before an opening parenthesis that call nothing. */
    private static final Set<String> OPERATORS = Set.of("in", "not", "contains", "matches", "memberOf", "and", "or");

    /** Names that lead out of the model, by way of reflection or of the engine. */
    private static final Set<String> WAYS_OUT =
            Set.of("class", "declaringClass", "new", "eval", "drools", "kcontext", "actions", "instanceof");

    /** Words of conditions that stand for no member. */
    private static final Set<String> WORDS = Set.of(
            "and",
            "contains",
            "excludes",
            "false",
            "in",
            "matches",
            "memberOf",
            "not",
            "null",
            "or",
            "str",
            "this",
            "true");

    static final String SHADOW = "shadow";

    private static final Set<String> ATTRIBUTES = Set.of("salience", "activation-group");

    private static final String MAY_SAY =
            "a rule's then-part consists of calls such as actions.revokeSessions(); with one of "
                    + String.join(", ", RuleVocabulary.actions())
                    + ", given texts, numbers, Severity values, Map.of(…) and members of bound events ($e.principal())";

    private static final String MAY_ASK =
            "a rule's when-part consists of patterns over the types of io.signalbox.event, joined by and, or, not, exists";

    private final RuleFile file;
    private final List<PolicyProblem> problems = new ArrayList<>();

    private PolicyLint(RuleFile file) {
        this.file = file;
    }

    /** All that this file must not hold; empty if it may be compiled. */
    static List<PolicyProblem> problems(RuleFile file) {
        PolicyLint lint = new PolicyLint(file);
        lint.header(file.content());
        file.rules().forEach(lint::rule);
        return lint.problems;
    }

    /** What a rule of a file without problems asks for. */
    static List<ConsequenceLint.Wish> wishes(RuleFile file, RuleDescr rule) {
        return ConsequenceLint.read(
                RuleTokens.of(String.valueOf(rule.getConsequence()).strip()), file.payloads(rule));
    }

    private void header(PackageDescr content) {
        String path = file.path();
        int slash = path.lastIndexOf('/');
        String expected = slash < 0 ? "" : path.substring(0, slash).replace('/', '.');
        if (expected.isEmpty()) {
            problem("lies in no folder; put it into one, such as policy/, and begin it with 'package policy'");
        } else if ((expected + ".").startsWith("io.signalbox.") || (expected + ".").startsWith("java.")) {
            problem("lies in a folder that is named like a package of Java or of Signalbox; take another name");
        } else if (!expected.equals(content.getName())) {
            problem("begins with 'package " + content.getName() + "' but lies where 'package " + expected
                    + "' belongs");
        }
        for (ImportDescr imported : content.getImports()) {
            if (!mayBeImported(imported.getTarget())) {
                problem(
                        imported.getLine(),
                        "imports " + imported.getTarget()
                                + "; only types of io.signalbox.event, io.signalbox.action and "
                                + "io.signalbox.set, and java.util.Map, can be imported");
            }
        }
        for (GlobalDescr global : content.getGlobals()) {
            if (!global.getIdentifier().equals("actions") || !global.getType().equals(ACTIONS_TYPE)) {
                problem(
                        global.getLine(),
                        "declares global " + global.getIdentifier() + "; the only one is 'global " + ACTIONS_TYPE
                                + " actions'");
            }
        }
        forbid(content.getFunctionImports(), "'import static' and 'import function'");
        forbid(content.getAccumulateImports(), "'import accumulate'");
        forbid(content.getFunctions(), "'function'");
        forbid(content.getTypeDeclarations(), "'declare'");
        forbid(content.getEnumDeclarations(), "'declare enum'");
        forbid(content.getEntryPointDeclarations(), "'declare entry-point'");
        forbid(content.getWindowDeclarations(), "'declare window'");
        forbid(content.getUnit() == null ? List.of() : List.of(content.getUnit()), "'unit'");
        for (AttributeDescr attribute : content.getAttributes()) {
            problem(
                    attribute.getLine(),
                    "sets '" + attribute.getName() + "' for all its rules; attributes belong into a rule");
        }
    }

    private void forbid(Collection<? extends BaseDescr> present, String what) {
        for (BaseDescr each : present) {
            problem(
                    each.getLine(),
                    "uses " + what + "; a file holds its package, imports, 'global " + ACTIONS_TYPE
                            + " actions', and rules");
        }
    }

    /** Type by type, or all of one of our packages; nested types begin with the name of their package all the same. */
    private static boolean mayBeImported(String target) {
        if (target.equals(MAP)) {
            return true;
        }
        return RuleVocabulary.PACKAGES.stream()
                .anyMatch(allowed -> target.startsWith(allowed + ".")
                        && target.substring(allowed.length() + 1).matches("([A-Z]\\w*\\.)*([A-Z]\\w*|\\*)"));
    }

    private void rule(RuleDescr rule) {
        String name = rule.getName();
        if (!HARMLESS_NAME.matcher(name).matches()) {
            problem(
                    rule.getLine(),
                    "has a rule whose name is longer than 200 characters, or holds a quote, a backslash or an asterisk");
            return;
        }
        if (rule.isQuery()) {
            problem(rule, "is a query; " + MAY_ASK);
            return;
        }
        if (rule.getParentName() != null) {
            problem(rule, "extends another rule; write its conditions out");
        }
        for (AnnotationDescr annotation : rule.getAnnotations()) {
            if (!annotation.getName().equals(SHADOW) || annotation.hasValue()) {
                problem(rule, "has an annotation; the only one is @" + SHADOW);
            }
        }
        if (!rule.getNamedConsequences().isEmpty()) {
            problem(rule, "has more than one then-part; write two rules");
        }
        for (Map.Entry<String, AttributeDescr> attribute : rule.getAttributes().entrySet()) {
            attribute(rule, attribute.getKey(), attribute.getValue().getValue());
        }
        condition(rule, rule.getLhs());
        try {
            List<ConsequenceLint.Wish> ignored = wishes(file, rule);
        } catch (ForbiddenException e) {
            problem(rule, file.consequenceLine(rule) + e.line(), mended(e, MAY_SAY));
        }
    }

    /** A computed salience is code; whatever depends on the hour of the day makes a decision that cannot be repeated. */
    private void attribute(RuleDescr rule, String attribute, String value) {
        if (!ATTRIBUTES.contains(attribute)) {
            problem(rule, "sets '" + attribute + "'; allowed are salience (a whole number) and activation-group");
        } else if (attribute.equals("salience") && !WHOLE_NUMBER.matcher(value).matches()) {
            problem(rule, "computes its salience; it must be a whole number");
        } else if (!HARMLESS_NAME.matcher(value).matches()) {
            problem(rule, "names an activation-group with a quote, a backslash or an asterisk in it");
        }
    }

    private void condition(RuleDescr rule, BaseDescr condition) {
        if (condition instanceof PatternDescr pattern) {
            try {
                pattern(pattern);
            } catch (ForbiddenException e) {
                problem(rule, pattern.getLine() + e.line(), mended(e, MAY_ASK));
            }
        } else if (condition instanceof AndDescr
                || condition instanceof OrDescr
                || condition instanceof NotDescr
                || condition instanceof ExistsDescr) {
            for (Object part : ((ConditionalElementDescr) condition).getDescrs()) {
                condition(rule, (BaseDescr) part);
            }
        } else {
            String element =
                    condition.getClass().getSimpleName().replace("Descr", "").toLowerCase(Locale.ROOT);
            problem(rule, condition.getLine(), "uses '" + element + "'; " + MAY_ASK);
        }
    }

    private void pattern(PatternDescr pattern) {
        String type = pattern.getObjectType();
        if (pattern.isQuery() || type == null || !RuleVocabulary.isType(type)) {
            throw new ForbiddenException("asks for " + type + ", which is no type of the model"
                    + Nearest.hint(String.valueOf(type), RuleVocabulary.types()));
        }
        imported(type);
        if (pattern.getSource() != null || !pattern.getBehaviors().isEmpty()) {
            throw new ForbiddenException("takes " + type + " from elsewhere than the event ('from', 'over')");
        }
        if (!pattern.getAnnotations().isEmpty()) {
            throw new ForbiddenException("has an annotation on " + type);
        }
        String bound = pattern.getIdentifier();
        if (bound != null && !bound.isEmpty() && !BOUND.matcher(bound).matches()) {
            throw new ForbiddenException("binds '" + bound + "'; a bound name begins with $, such as $e");
        }
        HistoryLint.check(pattern);
        for (BaseDescr constraint : pattern.getDescrs()) {
            if (constraint instanceof ExprConstraintDescr expression && expression.getType() == Type.POSITIONAL) {
                throw new ForbiddenException(
                        "asks for a value without its member; write " + type + "( member == value )");
            }
            expression(RuleTokens.of(String.valueOf(constraint.getText())));
        }
    }

    /** The engine says of it no more than that it cannot find a class. */
    private void imported(String type) {
        if (RuleVocabulary.type(type, file.imports()) == null) {
            throw new ForbiddenException("names " + type + " without importing it; add "
                    + RuleVocabulary.fullNames(type).stream()
                            .map(name -> "'import " + name + "'")
                            .collect(Collectors.joining(" or ")));
        }
    }

    /** No grammar: every word is looked at by itself and must be known to be harmless. */
    private void expression(RuleTokens tokens) {
        Token before = new Token(Kind.MARK, "(", 0);
        while (!tokens.atEnd()) {
            Token token = tokens.take();
            if (token.kind() == Kind.NAME) {
                name(before, token.text(), tokens.peek().is("("));
            } else if (token.is("/") && !operand(before)) {
                throw new ForbiddenException("'/' stands where a value is expected");
            }
            before = token;
        }
    }

    private static boolean operand(Token token) {
        return token.kind() != Kind.MARK || token.is(")") || token.is("]");
    }

    private void name(Token before, String name, boolean called) {
        if (WAYS_OUT.contains(name)) {
            throw new ForbiddenException("'" + name + "' is not allowed in a condition");
        }
        boolean member = before.is(".") || before.is("!.");
        if (called) {
            if (!RuleVocabulary.isMember(name) && (member || !OPERATORS.contains(name))) {
                throw new ForbiddenException("calls '" + name + "', which is no member of the model");
            }
        } else if (Character.isUpperCase(name.charAt(0))) {
            boolean known = member ? CONSTANT.matcher(name).matches() : RuleVocabulary.isType(name);
            if (!known) {
                throw new ForbiddenException("names '" + name + "', which is no type of the model"
                        + Nearest.hint(name, RuleVocabulary.types()));
            }
            if (!member) {
                imported(name);
            }
        } else if (!name.startsWith("$") && !WORDS.contains(name) && !RuleVocabulary.isMember(name)) {
            throw new ForbiddenException("names '" + name + "', which is no member of the model"
                    + Nearest.hint(name, RuleVocabulary.members()));
        }
    }

    /** Where the problem itself does not say how to mend it, what is allowed. */
    private static String mended(ForbiddenException problem, String allowed) {
        return problem.problem().contains("; ") ? problem.problem() : problem.problem() + "; " + allowed;
    }

    private void problem(String what) {
        problems.add(PolicyProblem.error(file.path(), null, 0, what));
    }

    private void problem(int line, String what) {
        problems.add(PolicyProblem.error(file.path(), null, file.isTable() ? 0 : line, what));
    }

    private void problem(RuleDescr rule, String what) {
        problem(rule, rule.getLine(), what);
    }

    private void problem(RuleDescr rule, int line, String what) {
        problems.add(PolicyProblem.error(file.path(), rule.getName(), file.line(rule, line), what));
    }
}
