package io.signalbox.decide;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One entry of a {@code .cases.yaml} file.
 *
 * @param file where it stands
 * @param sentence what it shows
 * @param event alias or URI of the event's type
 * @param signal the signal that is given
 * @param posture how its subject stood before
 * @param then the kinds of action that are expected, in order
 * @param severity expected severity; absent if the case is not about it
 * @param nearMiss the rule that all but fires; absent if the case is not about one
 */
record PolicyCase(
        String file,
        String sentence,
        String event,
        Signal signal,
        Map<String, Posture> posture,
        List<String> then,
        @Nullable String severity,
        @Nullable String nearMiss) {

    private static final Set<String> MEMBERS = Set.of("case", "given", "posture", "then", "severity", "near-miss");

    static List<PolicyCase> of(PolicyFiles files) {
        List<PolicyCase> cases = new ArrayList<>();
        for (String rules : files.rules()) {
            String file = PolicyFiles.casesOf(rules);
            Object content = new Yaml(new SafeConstructor(new LoaderOptions()))
                    .load(files.contents().getOrDefault(file, ""));
            if (!(content instanceof List<?> entries)) {
                throw new IllegalArgumentException(file + ": must be a list of cases");
            }
            for (Object entry : entries) {
                cases.add(of(file, object(file, entry)));
            }
        }
        return cases;
    }

    private static PolicyCase of(String file, Map<String, Object> entry) {
        if (!MEMBERS.containsAll(entry.keySet())
                || !(entry.get("case") instanceof String sentence)
                || !(entry.get("then") instanceof List<?> then)) {
            throw new IllegalArgumentException(
                    file + ": a case has case, given, then, and may have posture, severity, near-miss");
        }
        Map<String, Object> given = new LinkedHashMap<>(object(file, entry.get("given")));
        String event = String.valueOf(given.remove("event"));
        Object subject = given.remove("subject");
        if (subject != null && namesItsSubject(event)) {
            given.put("subject", subject);
        }
        SubjectIdentifier about = subject == null
                ? Policies.ADA
                : SubjectIdentifier.of(object(file, subject)).orElseThrow();
        Signal signal = Policies.signalAbout(about, Map.of(Policies.uri(event), given));
        List<Posture.Known> known = new ArrayList<>();
        object(file, entry.getOrDefault("posture", Map.of()))
                .forEach((aspect, value) -> known.add(new Posture.Known(
                        Posture.nameFor(signal.events().get(0), aspect),
                        String.valueOf(value),
                        Policies.NOW.minusSeconds(3_600),
                        "sig-before")));
        return new PolicyCase(
                file,
                sentence,
                event,
                signal,
                Map.of(about.key(), Posture.of(known)),
                then.stream().map(String::valueOf).toList(),
                (String) entry.get("severity"),
                (String) entry.get("near-miss"));
    }

    /** Types of some families have no other place for it than the event itself. */
    private static boolean namesItsSubject(String event) {
        return EventCatalog.type(Policies.uri(event)).stream()
                .flatMap(type -> type.claims().stream())
                .anyMatch(claim -> claim.name().equals("subject"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String file, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException(file + ": a case, its given and its subject are objects");
    }
}
