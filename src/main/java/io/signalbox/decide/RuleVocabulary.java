package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.action.Severity;
import io.signalbox.event.EventPayload;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The words that a rule may use, read off the model: a new event type brings its own. */
final class RuleVocabulary {

    /** Packages whose types a rule may name. */
    static final Set<String> PACKAGES = Set.of("io.signalbox.event", "io.signalbox.action", "io.signalbox.set");

    /** What may be asked of a text, a list or a map beside the members of our own records. */
    private static final Set<String> QUESTIONS = Set.of(
            "active",
            "alias",
            "contains",
            "containsKey",
            "endsWith",
            "equalsIgnoreCase",
            "get",
            "isEmpty",
            "length",
            "ownTime",
            "principalKind",
            "reasonCode",
            "size",
            "startsWith",
            "text",
            "uri",
            "word");

    private static final Set<String> TYPES = new HashSet<>();
    private static final Set<String> MEMBERS = new TreeSet<>(QUESTIONS);
    private static final Set<String> ACTIONS = Arrays.stream(Actions.class.getMethods())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    static {
        learn(SecurityEvent.class);
        learn(EventPayload.class);
        learn(Posture.class);
        learn(Severity.class);
    }

    private RuleVocabulary() {}

    /** A simple name, such as {@code RiskLevel}. */
    static boolean isType(String name) {
        return TYPES.contains(name);
    }

    /** A method without side effects that a rule may call. */
    static boolean isMember(String name) {
        return MEMBERS.contains(name);
    }

    /** What can be said to {@code actions}. */
    static Set<String> actions() {
        return ACTIONS;
    }

    private static void learn(Type type) {
        if (type instanceof ParameterizedType generic) {
            Arrays.stream(generic.getActualTypeArguments()).forEach(RuleVocabulary::learn);
        }
        if (!(type instanceof Class<?> learnt)
                || !PACKAGES.contains(learnt.getPackageName())
                || !TYPES.add(learnt.getSimpleName())) {
            return;
        }
        if (learnt.isSealed()) {
            Arrays.stream(learnt.getPermittedSubclasses()).forEach(RuleVocabulary::learn);
        }
        if (learnt.isRecord()) {
            for (RecordComponent component : learnt.getRecordComponents()) {
                MEMBERS.add(component.getName());
                learn(component.getGenericType());
            }
        }
    }
}
