package io.signalbox.decide;

import io.signalbox.action.Capabilities;
import io.signalbox.decide.DecideActions.Facts;
import io.signalbox.decide.RuleTokens.ForbiddenException;
import io.signalbox.decide.RuleTokens.Kind;
import io.signalbox.decide.RuleTokens.Token;
import io.signalbox.event.History;
import io.signalbox.event.Moment;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.set.SubjectIdentifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;

/**
 * A value that a condition of a rule reads: where it is found, and how it is shown.
 *
 * @param type of the fact
 * @param fact the type as the rule names it
 * @param member as the rule names it, such as {@code common.initiatingEntity} or {@code count("risc/*", "1 day")}
 * @param steps from the fact to the value
 */
record ConditionValue(Class<?> type, String fact, String member, List<Step> steps) {

    /** What stands for a value that was not told. */
    static final String NOTHING = "nothing";

    /** Members whose texts say who somebody is, or what somebody wrote of them. */
    private static final Set<String> PERSONAL = Set.of(
            "bulkId",
            "claims",
            "data",
            "extId",
            "fpUa",
            "friendlyName",
            "id",
            "location",
            "newValue",
            "others",
            "path",
            "reasonAdmin",
            "reasonForAdmin",
            "reasonForUser",
            "reasonUser",
            "ref",
            "response",
            "signalId",
            "subject",
            "tokenSubject",
            "txn",
            "url",
            "value",
            "x509Serial");

    /** The claims of an event that nobody knows; as a member on the way to {@code payload.alias} it says nothing. */
    private static final String PAYLOAD = "payload";

    private static final String FORMAT = "subject.format";
    private static final int MOST_IN_LIST = 20;
    private static final Set<String> OPERATORS = Set.of(
            "and", "contains", "excludes", "false", "in", "matches", "memberOf", "not", "null", "or", "str", "true");

    /** Stands for what cannot be read, which is not the same as what was not told. */
    private static final Object UNREADABLE = new Object();

    /**
     * One step.
     *
     * @param name of a member; empty for a look into a map
     * @param arguments texts in parentheses or brackets
     */
    record Step(String name, List<String> arguments) {}

    /** What the conditions of each rule read, by the rule's name. */
    static Map<String, List<ConditionValue>> of(List<RuleFile> files) {
        Map<String, List<ConditionValue>> reads = new HashMap<>();
        for (RuleFile file : files) {
            for (RuleDescr rule : file.rules()) {
                Map<String, ConditionValue> values = new LinkedHashMap<>();
                RuleFile.patterns(rule.getLhs()).forEach(pattern -> {
                    for (ConditionValue value : of(file, pattern)) {
                        values.putIfAbsent(value.fact() + " " + value.member(), value);
                    }
                });
                reads.put(rule.getName(), List.copyOf(values.values()));
            }
        }
        return Map.copyOf(reads);
    }

    private static List<ConditionValue> of(RuleFile file, PatternDescr pattern) {
        Class<?> type = file.type(pattern);
        List<ConditionValue> values = new ArrayList<>();
        if (type != null) {
            for (BaseDescr constraint : pattern.getDescrs()) {
                values.addAll(of(type, pattern.getObjectType(), String.valueOf(constraint.getText())));
            }
        }
        return values;
    }

    /** The values that a condition reads, in its order. */
    static List<ConditionValue> of(Class<?> type, String fact, String condition) {
        List<ConditionValue> values = new ArrayList<>();
        try {
            RuleTokens tokens = RuleTokens.of(condition);
            boolean begins = true;
            while (!tokens.atEnd()) {
                Token token = tokens.peek();
                if (begins && isMember(token)) {
                    values.add(value(type, fact, tokens));
                } else {
                    tokens.take();
                }
                begins = !token.is(".") && !token.is("!.");
            }
        } catch (ForbiddenException e) {
            // Only of rules that no lint has seen; of them nothing is claimed.
            return List.of();
        }
        return values;
    }

    private static boolean isMember(Token token) {
        return token.kind() == Kind.NAME
                && Character.isLowerCase(token.text().charAt(0))
                && !OPERATORS.contains(token.text())
                && !token.is("this");
    }

    private static ConditionValue value(Class<?> type, String fact, RuleTokens tokens) {
        List<Step> steps = new ArrayList<>();
        StringBuilder member = new StringBuilder();
        do {
            String name = tokens.take().text();
            member.append(member.isEmpty() ? "" : ".").append(name);
            boolean called = tokens.takes("(");
            steps.add(new Step(name, called ? arguments(tokens, ")", member, "(") : List.of()));
            while (tokens.takes("[")) {
                steps.add(new Step("", arguments(tokens, "]", member, "[")));
            }
        } while (tokens.takes(".") || tokens.takes("!."));
        return new ConditionValue(type, fact, member.toString(), List.copyOf(steps));
    }

    private static List<String> arguments(RuleTokens tokens, String close, StringBuilder member, String open) {
        List<String> arguments = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        while (!tokens.atEnd() && !tokens.takes(close)) {
            Token token = tokens.take();
            if (!token.is(",")) {
                shown.add(token.text());
                arguments.add(
                        token.kind() == Kind.TEXT
                                ? token.text()
                                        .substring(1, token.text().length() - 1)
                                        .replace("\\\"", "\"")
                                : token.text());
            }
        }
        member.append(open).append(String.join(", ", shown)).append(close);
        return List.copyOf(arguments);
    }

    /** Whether its texts name somebody. */
    private boolean isPersonal() {
        Step last = steps.get(steps.size() - 1);
        return !member.equals(FORMAT)
                && (steps.stream().anyMatch(step -> PERSONAL.contains(step.name()))
                        || !last.arguments().isEmpty()
                                && steps.stream().anyMatch(step -> step.name().equals(PAYLOAD)));
    }

    /**
     * As text; null if this event has no such fact, or the value is none that can be shown.
     *
     * @param names what stands for a text that names somebody; absent if no such text is to be shown
     */
    @Nullable
    String in(Facts facts, @Nullable UnaryOperator<String> names) {
        Object fact = fact(facts);
        if (!type.isInstance(fact)) {
            return null;
        }
        Object value = fact;
        for (Step step : steps) {
            value = value == null ? null : next(value, step);
            if (value == UNREADABLE) {
                return null;
            }
        }
        if (value == null) {
            return NOTHING;
        }
        boolean text = value instanceof String || value instanceof Collection<?> || value instanceof SubjectIdentifier;
        String shown = shown(value);
        if (shown == null || !text || !isPersonal()) {
            return shown;
        }
        return names == null ? null : names.apply(shown);
    }

    private Object fact(Facts facts) {
        if (type == SecurityEvent.class) {
            return facts.event();
        } else if (type == Posture.class) {
            return facts.posture();
        } else if (type == History.class) {
            return facts.history();
        } else if (type == Moment.class) {
            return facts.moment();
        }
        return type == Capabilities.class ? facts.capabilities() : facts.event().payload();
    }

    private static @Nullable Object next(Object value, Step step) {
        List<String> arguments = step.arguments();
        if (value instanceof Map<?, ?> map) {
            if (arguments.size() != 1) {
                return UNREADABLE;
            }
            return switch (step.name()) {
                case "", "get" -> map.get(arguments.get(0));
                case "containsKey" -> map.containsKey(arguments.get(0));
                default -> UNREADABLE;
            };
        }
        if (arguments.isEmpty()) {
            return Sentence.isMember(value, step.name()) ? Sentence.member(value, step.name()) : UNREADABLE;
        }
        return answer(value, step);
    }

    /** What a question with texts is answered, such as {@code count} of a history. */
    private static @Nullable Object answer(Object value, Step step) {
        if (!RuleVocabulary.isMember(step.name())
                || !RuleVocabulary.PACKAGES.contains(value.getClass().getPackageName())) {
            return UNREADABLE;
        }
        Class<?>[] texts = new Class<?>[step.arguments().size()];
        Arrays.fill(texts, String.class);
        try {
            return value.getClass()
                    .getMethod(step.name(), texts)
                    .invoke(value, step.arguments().toArray());
        } catch (ReflectiveOperationException e) {
            return UNREADABLE;
        }
    }

    private static @Nullable String shown(Object value) {
        if (value instanceof SubjectIdentifier subject) {
            return subject.key();
        }
        if (value instanceof Collection<?> list) {
            List<String> each = list.stream()
                    .limit(MOST_IN_LIST)
                    .map(one -> one == null ? null : Sentence.plain(one))
                    .filter(one -> one != null)
                    .sorted()
                    .toList();
            return each.size() < Math.min(list.size(), MOST_IN_LIST)
                    ? null
                    : Sentence.plain(each.stream().collect(Collectors.joining(", ", "[", "]")));
        }
        return Sentence.plain(value);
    }
}
