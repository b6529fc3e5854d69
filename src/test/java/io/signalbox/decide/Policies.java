package io.signalbox.decide;

import io.signalbox.action.Targets;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import io.signalbox.event.Signal;
import io.signalbox.normalize.NormalizeSet;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Policies and signals for tests. The shipped policy is compiled once for all of them. */
final class Policies {

    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final SubjectIdentifier ADA = new SubjectIdentifier("email", Map.of("email", "ada@acme.example"));

    /** One target that does everything. */
    static final Targets EVERYTHING = kind -> List.of("everything");

    private static final String HEADER = """
            package policy
            import io.signalbox.event.*
            import io.signalbox.event.CaepEvent.*
            import io.signalbox.action.*
            import java.util.Map
            global io.signalbox.action.Actions actions
            """;

    private Policies() {}

    private static final class Shipped {
        static final Policy POLICY = PolicyCompiler.compile(PolicyFiles.load(Path.of("rules")));
    }

    static Policy shipped() {
        return Shipped.POLICY;
    }

    static DecideActions deciding(Policy policy) {
        return deciding(EVERYTHING, policy);
    }

    static DecideActions deciding(Targets targets, Policy policy) {
        return new DecideActions(targets, CLOCK, () -> policy, Recollection.NOTHING, ZoneOffset.UTC);
    }

    /** Rules under the usual header, as {@code policy/test.drl}. */
    static PolicyFiles files(String rules) {
        return filesAt("policy/test.drl", HEADER + rules);
    }

    static PolicyFiles filesAt(String path, String content) {
        return files(Map.of(path, content, PolicyFiles.casesOf(path), "[]"));
    }

    static PolicyFiles files(Map<String, String> contents) {
        return new PolicyFiles("a test", new TreeMap<>(contents));
    }

    static Policy policy(String rules) {
        return PolicyCompiler.compile(files(rules));
    }

    /** A signal with one event; the type by its alias, or by its URI if we do not know it. */
    static Signal signal(String event, Map<String, Object> payload) {
        return signalAbout(ADA, Map.of(uri(event), payload));
    }

    static Signal signalAbout(@Nullable SubjectIdentifier subject, Map<String, Map<String, Object>> events) {
        return new NormalizeSet()
                .normalize(new VerifiedSet(
                        "https://idp.acme.example",
                        "jti-1",
                        NOW.minusSeconds(3),
                        List.of("https://signals.acme.example"),
                        null,
                        null,
                        subject,
                        events,
                        "header.payload.signature",
                        NOW.minusSeconds(1)));
    }

    static String uri(String event) {
        return EventCatalog.types().stream()
                .filter(type -> type.alias().equals(event))
                .map(EventType::uri)
                .findFirst()
                .orElse(event);
    }

    static Signal highRiskOfAUser() {
        return signal("caep/risk-level-change", Map.of("principal", "USER", "current_level", "HIGH"));
    }
}
