package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.action.Asked;
import io.signalbox.action.Capabilities;
import io.signalbox.action.Severity;
import io.signalbox.event.EventPayload;
import io.signalbox.event.History;
import io.signalbox.event.Moment;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
            "count",
            "delay",
            "endsWith",
            "equalsIgnoreCase",
            "get",
            "has",
            "initiatingEntity",
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
    private static final Map<String, Class<?>> BY_FULL_NAME = new HashMap<>();
    private static final Set<String> MEMBERS = new TreeSet<>(QUESTIONS);
    private static final Set<String> ACTIONS = Arrays.stream(Actions.class.getMethods())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));

    /** Those of which more can be said: for how long, why, where. */
    private static final Set<String> LASTING = Arrays.stream(Actions.class.getMethods())
            .filter(method -> method.getReturnType() == Asked.class)
            .map(Method::getName)
            .collect(Collectors.toUnmodifiableSet());

    static {
        learn(SecurityEvent.class);
        learn(EventPayload.class);
        learn(Posture.class);
        learn(Severity.class);
        learn(History.class);
        learn(Moment.class);
        learn(Capabilities.class);
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

    /**
     * The type that a file means by a name.
     *
     * @param imports what it imports, by full name or with {@code *}
     * @return null if it is none of the model
     */
    static @Nullable Class<?> type(String name, List<String> imports) {
        for (String imported : imports) {
            String full = imported.endsWith(".*")
                    ? imported.substring(0, imported.length() - 1) + name
                    : imported.endsWith("." + name) ? imported : "";
            Class<?> type = BY_FULL_NAME.get(full);
            if (type != null) {
                return type;
            }
        }
        return BY_FULL_NAME.get(name);
    }

    /** Full names of the types with this simple name, for an import. */
    static Set<String> fullNames(String simpleName) {
        return BY_FULL_NAME.keySet().stream()
                .filter(name -> name.endsWith("." + simpleName))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether what this call asks for can be said more of. */
    static boolean takesMore(String action) {
        return LASTING.contains(action);
    }

    /** Simple names of all types. */
    static Set<String> types() {
        return TYPES;
    }

    /** Names of all members. */
    static Set<String> members() {
        return MEMBERS;
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
                || BY_FULL_NAME.putIfAbsent(learnt.getCanonicalName(), learnt) != null) {
            return;
        }
        TYPES.add(learnt.getSimpleName());
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
