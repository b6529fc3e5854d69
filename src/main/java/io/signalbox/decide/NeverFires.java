package io.signalbox.decide;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.EventType;
import io.signalbox.event.Moment;
import io.signalbox.event.SecurityEvent;
import io.signalbox.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.drools.drl.ast.descr.PatternDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;

/** Rules that compile and can never fire. Says nothing of a rule that it does not understand whole. */
final class NeverFires {

    /** Members with a closed list of words; what a type calls an enum the compiler checks. */
    private static final Map<String, Set<String>> WORDS = Map.of(
            "principal", Set.of("USER", "DEVICE", "SESSION", "TENANT", "ORG_UNIT", "GROUP"),
            "subject.format",
                    Set.of(
                            "account",
                            "aliases",
                            "complex",
                            "did",
                            "email",
                            "ip-addresses",
                            "iss_sub",
                            "jwt_id",
                            "oauth_client",
                            "oauth_token",
                            "opaque",
                            "phone_number",
                            "saml_assertion_id",
                            "scim",
                            "uri"));

    private static final Map<String, Integer> HIGHEST = Map.of("hour", 23, "minute", 59);
    private static final String ALIAS = "payload.alias";

    private static final Map<Class<?>, String> ALIASES = aliases();

    private NeverFires() {}

    private static Map<Class<?>, String> aliases() {
        Map<Class<?>, String> aliases = new HashMap<>();
        for (EventType type : EventCatalog.types()) {
            if (EventCatalog.read(type.uri(), type.sample()) instanceof EventCatalog.Reading.Read read) {
                aliases.put(read.payload().getClass(), type.alias());
            }
        }
        return aliases;
    }

    static List<PolicyProblem> problems(RuleFile file) {
        List<PolicyProblem> problems = new ArrayList<>();
        for (RuleDescr rule : file.rules()) {
            Finding finding = finding(file, rule);
            if (finding != null) {
                problems.add(PolicyProblem.error(
                        file.path(),
                        rule.getName(),
                        file.line(rule, finding.pattern().getLine()),
                        "can never fire: " + finding.why()));
            }
        }
        return problems;
    }

    private record Finding(PatternDescr pattern, String why) {}

    private static @Nullable Finding finding(RuleFile file, RuleDescr rule) {
        List<Comparison> comparisons = Comparison.of(file, rule);
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison one = comparisons.get(i);
            String impossible = impossible(one);
            if (impossible != null) {
                return new Finding(one.pattern(), impossible);
            }
            for (Comparison other : comparisons.subList(i + 1, comparisons.size())) {
                if (one.excludes(other)) {
                    return new Finding(
                            other.pattern(),
                            one.text() + " and " + other.text() + " are never both true; drop one, or write two rules");
                }
            }
        }
        return twoEvents(file, rule, comparisons);
    }

    private static @Nullable String impossible(Comparison comparison) {
        Set<String> words = WORDS.get(comparison.member());
        if (comparison.equality()
                && comparison.isText()
                && comparison.type() == SecurityEvent.class
                && comparison.member().equals(ALIAS)) {
            List<String> aliases =
                    EventCatalog.types().stream().map(EventType::alias).toList();
            if (!aliases.contains(comparison.value()) && !comparison.value().equals("unknown")) {
                return "there is no type of event \"" + comparison.value() + "\""
                        + Nearest.hint(comparison.value(), aliases) + "; src/docs/events.md lists them";
            }
        } else if (comparison.equality()
                && comparison.isText()
                && words != null
                && !words.contains(comparison.value())) {
            return comparison.member() + " is never \"" + comparison.value() + "\""
                    + Nearest.hint(comparison.value(), words) + "; it is one of " + String.join(", ", sorted(words));
        } else if (comparison.type() == Moment.class
                && HIGHEST.containsKey(comparison.member())
                && comparison.isNumber()
                && comparison.equality()
                && Double.parseDouble(comparison.constant())
                        > HIGHEST.getOrDefault(comparison.member(), Integer.MAX_VALUE)) {
            return comparison.member() + " is at most " + HIGHEST.get(comparison.member());
        }
        return null;
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }

    /** A rule sees one event at a time. */
    private static @Nullable Finding twoEvents(RuleFile file, RuleDescr rule, List<Comparison> comparisons) {
        List<PatternDescr> events = new ArrayList<>();
        for (Object part : rule.getLhs().getDescrs()) {
            Class<?> type = part instanceof PatternDescr pattern ? file.type(pattern) : null;
            if (type != null && EventPayload.class.isAssignableFrom(type)) {
                events.add((PatternDescr) part);
            }
        }
        for (PatternDescr one : events) {
            for (PatternDescr other : events) {
                if (exclude(file.type(one), file.type(other))) {
                    return new Finding(
                            other,
                            "an event is never both " + one.getObjectType() + " and " + other.getObjectType()
                                    + "; join them by 'or', or ask History for what was before");
                }
            }
            for (Comparison comparison : comparisons) {
                String alias = aliasOf(file.type(one));
                if (alias != null
                        && comparison.type() == SecurityEvent.class
                        && comparison.member().equals(ALIAS)
                        && comparison.equality()
                        && !comparison.value().equals(alias)) {
                    return new Finding(
                            one, "a " + one.getObjectType() + " is a " + alias + ", never a " + comparison.value());
                }
            }
        }
        return null;
    }

    private static boolean exclude(@Nullable Class<?> one, @Nullable Class<?> other) {
        return one != null && other != null && !one.isAssignableFrom(other) && !other.isAssignableFrom(one);
    }

    private static @Nullable String aliasOf(@Nullable Class<?> type) {
        return type == null ? null : ALIASES.get(type);
    }
}
