package io.signalbox.connector;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Severity;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One case of a connector's {@code cases.yaml}: an action, what the target answers, and what is to come of it.
 *
 * @param name a sentence
 * @param connector whose case it is
 * @param members as written
 */
record Case(String name, String connector, Map<String, Object> members) {

    private static final String RULE = "High risk of a user: disable the account";
    private static final String EVENTS = "https://schemas.openid.net/secevent/caep/event-type/";
    private static final Set<String> MEMBERS = Set.of(
            "case",
            "action",
            "options",
            "auth",
            "url",
            "target-answers",
            "outcome",
            "detail",
            "calls",
            "sent",
            "directory",
            "resolved");
    private static final Set<String> OF_ACTION =
            Set.of("kind", "subject", "parameters", "severity", "event", "lasts", "why");

    /**
     * Checks what was written.
     *
     * @throws IllegalArgumentException naming a member that is not known: a misspelt one would check nothing
     */
    static Case of(String connector, Object written) {
        Map<String, Object> members = object(written);
        String name = String.valueOf(members.get("case"));
        unknown(name, members.keySet(), MEMBERS);
        unknown(name, object(members.getOrDefault("action", Map.of())).keySet(), OF_ACTION);
        if (!members.containsKey("action") || !members.containsKey("outcome")) {
            throw new IllegalArgumentException("The case «" + name + "» needs an action and an outcome");
        }
        return new Case(name, connector, members);
    }

    private static void unknown(String name, Set<String> given, Set<String> known) {
        Set<String> unknown = new TreeSet<>(given);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("The case «" + name + "» has members that are not known: " + unknown);
        }
    }

    String kind() {
        return String.valueOf(object(members.get("action")).get("kind"));
    }

    String outcome() {
        return String.valueOf(members.get("outcome"));
    }

    /** The action, under ids that are the same in every case, so that they can be written down. */
    Action action(String target) {
        Map<String, Object> asked = object(members.get("action"));
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("title", "Look at this");
        if (asked.get("parameters") != null) {
            parameters.clear();
            object(asked.get("parameters")).forEach((name, value) -> parameters.put(name, String.valueOf(value)));
        }
        Object subject = asked.get("subject");
        String event = String.valueOf(asked.getOrDefault("event", "caep/risk-level-change"));
        return new Action(
                "act-0123456789abcdef0123456789abcdef",
                "sig-0123456789abcdef0123456789abcdef",
                0,
                kind(),
                target,
                subject == null ? null : SubjectIdentifier.of(object(subject)).orElse(null),
                event,
                EVENTS + event.substring(event.indexOf('/') + 1),
                Severity.valueOf(String.valueOf(asked.getOrDefault("severity", "HIGH"))),
                parameters,
                new Because(RULE, "policy-1", asked.get("why") == null ? null : String.valueOf(asked.get("why"))),
                asked.get("lasts") == null ? null : Duration.parse(String.valueOf(asked.get("lasts"))),
                false);
    }

    /** The entries that are in the directory before, in LDIF. */
    String directory() {
        return String.valueOf(members.getOrDefault("directory", ""));
    }

    Map<String, Object> settings(String member) {
        Object settings = members.get(member);
        return settings == null ? Map.of() : object(settings);
    }

    /** Whether the target is down. */
    boolean refuses() {
        return answers().stream().anyMatch(answer -> "refused".equals(answer.get("connection")));
    }

    boolean resets() {
        return answers().stream().anyMatch(answer -> "reset".equals(answer.get("connection")));
    }

    List<Map<String, Object>> answers() {
        List<Map<String, Object>> answers = new ArrayList<>();
        if (members.get("target-answers") instanceof List<?> list) {
            list.forEach(answer -> answers.add(object(answer)));
        }
        return answers;
    }

    List<StandIn.Answer> given() {
        List<StandIn.Answer> given = new ArrayList<>();
        for (Map<String, Object> answer : answers()) {
            if (answer.get("status") instanceof Integer
                    || answer.get("line") != null
                    || answer.get("radius") != null
                    || answer.get("smtp") != null) {
                Map<String, String> headers = new TreeMap<>();
                object(answer.getOrDefault("headers", Map.of()))
                        .forEach((name, value) -> headers.put(name, String.valueOf(value)));
                Object body = answer.getOrDefault(
                        "body",
                        answer.getOrDefault("line", answer.getOrDefault("radius", answer.getOrDefault("smtp", ""))));
                given.add(new StandIn.Answer(
                        answer.get("status") instanceof Integer status ? status : 0,
                        headers,
                        body instanceof String text ? text : Wire.write(body)));
            }
        }
        return given;
    }

    /** What is wrong with what was asked; absent if nothing is. */
    @Nullable
    String difference(List<StandIn.Asked> asked) {
        if (!(members.get("calls") instanceof List<?> calls)) {
            return null;
        }
        List<String> expected = calls.stream().map(Case::call).toList();
        List<String> made = asked.stream().map(StandIn.Asked::call).toList();
        if (!expected.equals(made)) {
            return "the calls are to be " + expected + " and were " + made;
        }
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i) instanceof Map<?, ?> detailed) {
                String difference = difference(object(detailed), asked.get(i));
                if (difference != null) {
                    return expected.get(i) + ": " + difference;
                }
            }
        }
        return null;
    }

    private static String call(Object call) {
        return call instanceof Map<?, ?> detailed ? String.valueOf(detailed.get("call")) : String.valueOf(call);
    }

    private static @Nullable String difference(Map<String, Object> expected, StandIn.Asked asked) {
        for (Map.Entry<String, Object> header :
                object(expected.getOrDefault("headers", Map.of())).entrySet()) {
            String sent = asked.headers().get(header.getKey());
            if (!String.valueOf(header.getValue()).equals(sent)) {
                return "the header " + header.getKey() + " is to be " + header.getValue() + " and was " + sent;
            }
        }
        Object body = expected.get("body");
        if (body == null) {
            return null;
        }
        if (body instanceof String text) {
            return text.strip().equals(asked.body().strip()) ? null : bodies(text.strip(), asked.body());
        }
        Object wanted = Wire.read(Wire.write(body), Object.class);
        try {
            return wanted.equals(Wire.read(asked.body(), Object.class))
                    ? null
                    : bodies(Wire.write(wanted), asked.body());
        } catch (IllegalArgumentException e) {
            return bodies(Wire.write(wanted), asked.body());
        }
    }

    private static String bodies(String wanted, String sent) {
        return "the body is to be\n  " + wanted + "\nand was\n  " + sent;
    }

    static Map<String, Object> object(@Nullable Object value) {
        if (!(Objects.requireNonNullElse(value, "nothing") instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("Where cases.yaml says «" + value + "», named members are expected");
        }
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((name, member) -> object.put(String.valueOf(name), member));
        return object;
    }
}
