package io.signalbox.decide;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A reason with members of the event in braces: {@code The risk is {currentLevel}, by the word of {event.issuer}}. It is
 * kept for good and shown in lists, so it holds plain values only, and none that names a person.
 */
final class Sentence {

    private static final Pattern HOLE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern PATH = Pattern.compile("[a-z]\\w*(\\.[a-z]\\w*){0,2}");

    /** Who it is about stands in the ledger once, where erasure finds it. */
    private static final Set<String> PERSONAL = Set.of("subject", "newValue", "friendlyName");

    private static final String EVENT = "event.";
    private static final String POSTURE = "posture.";
    private static final int LONGEST_VALUE = 100;
    private static final int LONGEST = 500;

    private static final Map<Member, List<Method>> METHODS = new ConcurrentHashMap<>();

    private record Member(Class<?> type, String name) {}

    private Sentence() {}

    /** Whether some reason in this text says how the subject stood, which then must be looked up. */
    static boolean asksForPosture(String drl) {
        return drl.contains("{" + POSTURE);
    }

    /**
     * What is wrong with it; null if nothing is.
     *
     * @param payloads types of the events that the rule is about
     */
    static @Nullable String flaw(String sentence, Collection<Class<?>> payloads) {
        if (sentence.isBlank() || sentence.length() > LONGEST) {
            return "a reason has 1 to " + LONGEST + " characters";
        }
        Matcher hole = HOLE.matcher(sentence);
        while (hole.find()) {
            String flaw = flawOfPath(hole.group(1), payloads);
            if (flaw != null) {
                return "{" + hole.group(1) + "} " + flaw;
            }
        }
        String rest = HOLE.matcher(sentence).replaceAll("");
        return rest.contains("{") || rest.contains("}") ? "a brace is not closed, or not opened" : null;
    }

    private static @Nullable String flawOfPath(String path, Collection<Class<?>> payloads) {
        if (!PATH.matcher(path).matches()) {
            return "is no member; write one as in {currentLevel}, {event.issuer} or {posture.risk}";
        }
        for (String step : path.split("\\.")) {
            if (PERSONAL.contains(step)) {
                return "names a person; a reason holds no personal data";
            }
        }
        List<Class<?>> roots = new ArrayList<>();
        if (path.startsWith(EVENT)) {
            roots.add(SecurityEvent.class);
        } else if (path.startsWith(POSTURE)) {
            roots.add(Posture.class);
        } else {
            roots.addAll(payloads);
        }
        String members = withoutRoot(path);
        boolean known = roots.stream().map(root -> typeOf(root, members)).anyMatch(Sentence::isPlain);
        return known
                ? null
                : "is no member of the events that this rule is about, or none with a plain value; "
                        + "src/docs/events.md lists them";
    }

    private static String withoutRoot(String path) {
        return path.startsWith(EVENT) || path.startsWith(POSTURE) ? path.substring(path.indexOf('.') + 1) : path;
    }

    private static @Nullable Class<?> typeOf(Class<?> root, String members) {
        Class<?> type = root;
        for (String member : members.split("\\.")) {
            List<Method> methods = methods(type, member);
            if (methods.isEmpty()) {
                return null;
            }
            type = methods.get(0).getReturnType();
        }
        return type;
    }

    private static boolean isPlain(@Nullable Class<?> type) {
        return type != null
                && (type.isEnum()
                        || type.isPrimitive()
                        || type == String.class
                        || type == Boolean.class
                        || type == Instant.class
                        || type == Duration.class
                        || Number.class.isAssignableFrom(type));
    }

    /** What was not told is {@code unknown}. */
    static String fill(String sentence, SecurityEvent event, Posture posture) {
        String filled = HOLE.matcher(sentence)
                .replaceAll(hole -> Matcher.quoteReplacement(value(hole.group(1), event, posture)));
        return filled.length() > LONGEST ? filled.substring(0, LONGEST) : filled;
    }

    private static String value(String path, SecurityEvent event, Posture posture) {
        Object root = path.startsWith(EVENT) ? event : path.startsWith(POSTURE) ? posture : event.payload();
        Object value = member(root, withoutRoot(path));
        String plain = value == null ? null : plain(value);
        return plain == null ? "unknown" : plain;
    }

    /** A value as people read it, cut short; null if it is none that can be shown as a whole. */
    static @Nullable String plain(Object value) {
        if (!isPlain(value.getClass())) {
            return null;
        }
        String text = value.toString().replaceAll("\\p{Cntrl}", " ");
        return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text;
    }

    /** Whether a rule may ask this of such a value. */
    static boolean isMember(Object value, String name) {
        return !methods(value.getClass(), name).isEmpty();
    }

    /** The value at the end of this path; null if it, or something on the way to it, is absent or no member. */
    static @Nullable Object member(Object root, String path) {
        Object value = root;
        for (String member : path.split("\\.")) {
            if (value == null) {
                return null;
            }
            List<Method> methods = methods(value.getClass(), member);
            try {
                value = methods.isEmpty() ? null : methods.get(0).invoke(value);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }
        return value;
    }

    /** Looked up once for each type: a list of one, or of none. */
    private static List<Method> methods(Class<?> type, String name) {
        return METHODS.computeIfAbsent(new Member(type, name), member -> {
            if (!RuleVocabulary.isMember(name) || !RuleVocabulary.PACKAGES.contains(type.getPackageName())) {
                return List.of();
            }
            try {
                return List.of(type.getMethod(name));
            } catch (NoSuchMethodException e) {
                return List.of();
            }
        });
    }
}
