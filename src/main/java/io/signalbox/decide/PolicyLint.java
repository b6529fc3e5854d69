package io.signalbox.decide;

import io.signalbox.decide.RuleTokens.ForbiddenException;
import io.signalbox.decide.RuleTokens.Kind;
import io.signalbox.decide.RuleTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.drools.drl.ast.descr.AndDescr;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ConditionalElementDescr;
import org.drools.drl.ast.descr.ExistsDescr;
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
    private static final Pattern CONSTANT = Pattern.compile("[A-Z][A-Z0-9_]*");

    /** Names are written into the generated classes, as texts and in comments: nothing that would end either. */
    private static final Pattern HARMLESS_NAME = Pattern.compile("[^\"\\\\*\\p{Cntrl}]{1,200}");

    /** Words before an opening parenthesis that call nothing. */
    private static final Set<String> OPERATORS = Set.of("in", "not", "contains", "matches", "memberOf", "and", "or");

    /** Names that lead out of the model, by way of reflection or of the engine. */
    private static final Set<String> WAYS_OUT =
            Set.of("class", "declaringClass", "new", "eval", "drools", "kcontext", "actions", "instanceof");

    private static final Set<String> ATTRIBUTES = Set.of("salience", "activation-group");

    private static final String MAY_SAY =
            "a rule's then-part consists of calls such as actions.revokeSessions(); with one of "
                    + String.join(", ", RuleVocabulary.actions())
                    + ", given texts, numbers, Severity values, Map.of(…) and members of bound events ($e.principal())";

    private static final String MAY_ASK =
            "a rule's when-part consists of patterns over the types of io.signalbox.event, joined by and, or, not, exists";

    private final String file;
    private final List<String> problems = new ArrayList<>();

    private PolicyLint(String file) {
        this.file = file;
    }

    /** All that this file must not hold; empty if it may be compiled. */
    static List<String> problems(String file, PackageDescr content) {
        PolicyLint lint = new PolicyLint(file);
        lint.header(content);
        content.getRules().forEach(lint::rule);
        return lint.problems;
    }

    private void header(PackageDescr content) {
        int slash = file.lastIndexOf('/');
        String expected = slash < 0 ? "" : file.substring(0, slash).replace('/', '.');
        if (expected.isEmpty()) {
            problem("lies in no folder; put it into one, such as policy/, and begin it with 'package policy'");
        } else if (!expected.equals(content.getName())) {
            problem("begins with 'package " + content.getName() + "' but lies where 'package " + expected
                    + "' belongs");
        }
        for (ImportDescr imported : content.getImports()) {
            if (!mayBeImported(imported.getTarget())) {
                problem("imports " + imported.getTarget()
                        + "; only types of io.signalbox.event, io.signalbox.action and "
                        + "io.signalbox.set, and java.util.Map, can be imported");
            }
        }
        for (GlobalDescr global : content.getGlobals()) {
            if (!global.getIdentifier().equals("actions") || !global.getType().equals(ACTIONS_TYPE)) {
                problem("declares global " + global.getIdentifier() + "; the only one is 'global " + ACTIONS_TYPE
                        + " actions'");
            }
        }
        forbid(!content.getFunctionImports().isEmpty(), "'import static' and 'import function'");
        forbid(!content.getAccumulateImports().isEmpty(), "'import accumulate'");
        forbid(!content.getFunctions().isEmpty(), "'function'");
        forbid(!content.getTypeDeclarations().isEmpty(), "'declare'");
        forbid(!content.getEnumDeclarations().isEmpty(), "'declare enum'");
        forbid(!content.getEntryPointDeclarations().isEmpty(), "'declare entry-point'");
        forbid(!content.getWindowDeclarations().isEmpty(), "'declare window'");
        forbid(content.getUnit() != null, "'unit'");
        for (AttributeDescr attribute : content.getAttributes()) {
            problem("sets '" + attribute.getName() + "' for all its rules; attributes belong into a rule");
        }
    }

    private void forbid(boolean present, String what) {
        if (present) {
            problem("uses " + what + "; a file holds its package, imports, 'global " + ACTIONS_TYPE
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
                    "has a rule whose name is longer than 200 characters, or holds a quote, a backslash or an asterisk");
            return;
        }
        if (rule.isQuery()) {
            problem(name, "is a query; " + MAY_ASK);
            return;
        }
        if (rule.getParentName() != null) {
            problem(name, "extends another rule; write its conditions out");
        }
        if (!rule.getAnnotations().isEmpty()) {
            problem(name, "has an annotation; none is allowed");
        }
        if (!rule.getNamedConsequences().isEmpty()) {
            problem(name, "has more than one then-part; write two rules");
        }
        for (Map.Entry<String, AttributeDescr> attribute : rule.getAttributes().entrySet()) {
            attribute(name, attribute.getKey(), attribute.getValue().getValue());
        }
        try {
            condition(rule.getLhs());
        } catch (ForbiddenException e) {
            problem(name, e.problem() + "; " + MAY_ASK);
        }
        try {
            consequence(RuleTokens.of(String.valueOf(rule.getConsequence())));
        } catch (ForbiddenException e) {
            problem(name, e.problem() + "; " + MAY_SAY);
        }
    }

    /** A computed salience is code; whatever depends on the hour of the day makes a decision that cannot be repeated. */
    private void attribute(String rule, String attribute, String value) {
        if (!ATTRIBUTES.contains(attribute)) {
            problem(rule, "sets '" + attribute + "'; allowed are salience (a whole number) and activation-group");
        } else if (attribute.equals("salience") && !WHOLE_NUMBER.matcher(value).matches()) {
            problem(rule, "computes its salience; it must be a whole number");
        } else if (!HARMLESS_NAME.matcher(value).matches()) {
            problem(rule, "names an activation-group with a quote, a backslash or an asterisk in it");
        }
    }

    private void condition(BaseDescr condition) {
        if (condition instanceof PatternDescr pattern) {
            pattern(pattern);
        } else if (condition instanceof AndDescr
                || condition instanceof OrDescr
                || condition instanceof NotDescr
                || condition instanceof ExistsDescr) {
            for (Object part : ((ConditionalElementDescr) condition).getDescrs()) {
                condition((BaseDescr) part);
            }
        } else {
            String element =
                    condition.getClass().getSimpleName().replace("Descr", "").toLowerCase(Locale.ROOT);
            throw new ForbiddenException("uses '" + element + "'");
        }
    }

    private void pattern(PatternDescr pattern) {
        String type = pattern.getObjectType();
        if (pattern.isQuery() || type == null || !RuleVocabulary.isType(type)) {
            throw new ForbiddenException("asks for " + type + ", which is no type of the model");
        }
        if (pattern.getSource() != null || !pattern.getBehaviors().isEmpty()) {
            throw new ForbiddenException("takes " + type + " from elsewhere than the event ('from', 'over')");
        }
        if (!pattern.getAnnotations().isEmpty()) {
            throw new ForbiddenException("has an annotation on " + type);
        }
        for (BaseDescr constraint : pattern.getDescrs()) {
            expression(RuleTokens.of(String.valueOf(constraint.getText())));
        }
    }

    /** No grammar: every word is looked at by itself and must be known to be harmless. */
    private static void expression(RuleTokens tokens) {
        Token before = new Token(Kind.MARK, "(");
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

    private static void name(Token before, String name, boolean called) {
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
                throw new ForbiddenException("names '" + name + "', which is no type of the model");
            }
        }
    }

    private static void consequence(RuleTokens tokens) {
        if (tokens.atEnd()) {
            throw new ForbiddenException("asks for nothing");
        }
        while (!tokens.atEnd()) {
            Token first = tokens.take();
            if (!first.is("actions")) {
                throw new ForbiddenException("says '" + first.text() + "'");
            }
            tokens.expect(".");
            Token word = tokens.take();
            if (word.kind() != Kind.NAME || !RuleVocabulary.actions().contains(word.text())) {
                throw new ForbiddenException("says 'actions." + word.text() + "', which is no action");
            }
            arguments(tokens);
            tokens.expect(";");
        }
    }

    private static void arguments(RuleTokens tokens) {
        tokens.expect("(");
        if (tokens.takes(")")) {
            return;
        }
        do {
            value(tokens);
        } while (tokens.takes(","));
        tokens.expect(")");
    }

    private static void value(RuleTokens tokens) {
        do {
            Token token = tokens.take();
            if (token.kind() == Kind.TEXT && token.text().startsWith("\"") || token.kind() == Kind.NUMBER) {
                continue;
            }
            if (token.is("Severity")) {
                tokens.expect(".");
                tokens.take();
            } else if (token.is("Map")) {
                tokens.expect(".");
                tokens.expect("of");
                arguments(tokens);
            } else if (token.kind() == Kind.NAME && token.text().startsWith("$")) {
                members(tokens);
            } else {
                throw new ForbiddenException("passes '" + token.text() + "'");
            }
        } while (tokens.takes("+"));
    }

    private static void members(RuleTokens tokens) {
        while (tokens.takes(".")) {
            Token member = tokens.take();
            if (member.kind() != Kind.NAME || !RuleVocabulary.isMember(member.text())) {
                throw new ForbiddenException("passes '" + member.text() + "', which is no member of the model");
            }
            tokens.expect("(");
            if (tokens.peek().kind() == Kind.TEXT) {
                tokens.take();
            }
            tokens.expect(")");
        }
    }

    private void problem(String what) {
        problems.add(file + ": " + what);
    }

    private void problem(String rule, String what) {
        problems.add(file + ", rule \"" + rule + "\": " + what);
    }
}
