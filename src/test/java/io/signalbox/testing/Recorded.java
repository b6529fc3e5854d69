package io.signalbox.testing;

import io.signalbox.action.Action;
import io.signalbox.action.Because;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.action.Severity;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.UnknownEvent;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Signals and decisions, as the ledger is handed them. */
public final class Recorded {

    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    public static final String ISSUER = "https://idp.example.com/realms/acme";
    public static final String RULE = "High risk: end the sessions";

    private Recorded() {}

    public static Signal signal(String jti) {
        return signal(ISSUER, jti, "alice@acme.example", NOON);
    }

    /** Of a type that no catalogue knows, so that it reads back the same whatever types are added. */
    public static Signal signal(String iss, String jti, @Nullable String email, Instant receivedAt) {
        SubjectIdentifier subject = email == null ? null : new SubjectIdentifier("email", Map.of("email", email));
        Map<String, Object> payload = Map.of("colour", "red", "nested", Map.of("depth", 2));
        String uri = "https://vendor.example/event/colour-change";
        VerifiedSet set = new VerifiedSet(
                iss,
                jti,
                receivedAt.minus(Duration.ofSeconds(2)),
                List.of("https://signals.example.com"),
                "txn-" + jti,
                null,
                subject,
                Map.of(uri, payload),
                "eyJ.compact." + jti,
                receivedAt);
        return new Signal(
                set,
                List.of(new SecurityEvent(
                        set.id(),
                        iss,
                        set.txn(),
                        subject,
                        new UnknownEvent(uri, payload),
                        receivedAt.minus(Duration.ofSeconds(3)),
                        receivedAt)));
    }

    /** The risk of alice, rated anew at this time by this issuer. */
    public static Signal risk(String iss, String jti, String level, Instant at) {
        return riskOf("USER", iss, jti, level, at);
    }

    public static Signal riskOf(String principal, String iss, String jti, String level, Instant at) {
        Signal plain = signal(iss, jti, "alice@acme.example", NOON);
        SecurityEvent event = plain.events().get(0);
        EventPayload payload = ((EventCatalog.Reading.Read) EventCatalog.read(
                        Sets.RISK_LEVEL_CHANGE, Map.of("principal", principal, "current_level", level)))
                .payload();
        return new Signal(
                plain.set(),
                List.of(new SecurityEvent(
                        event.signalId(), iss, event.txn(), event.subject(), payload, at, event.receivedAt())));
    }

    /** The same signal, counting for this. */
    public static Signal standing(Signal signal, Standing standing) {
        VerifiedSet set = signal.set();
        return new Signal(
                new VerifiedSet(
                        set.iss(),
                        set.jti(),
                        set.iat(),
                        set.aud(),
                        set.txn(),
                        set.toe(),
                        set.subject(),
                        set.events(),
                        set.compact(),
                        set.receivedAt(),
                        standing),
                signal.events());
    }

    /** One action for each target; an action without a target for {@code null}. */
    public static Decision decision(Signal signal, @Nullable String... targets) {
        Action[] actions = new Action[targets.length];
        for (int ordinal = 0; ordinal < targets.length; ordinal++) {
            actions[ordinal] = action(signal, ordinal, targets[ordinal]);
        }
        return new Decision(
                signal.id(),
                "policy-1",
                signal.set().receivedAt().plusMillis(40),
                Severity.HIGH,
                List.of(RULE),
                List.of(actions));
    }

    /** The same, and on what grounds: by a value that names alice. */
    public static Decision withGrounds(Decision decision) {
        return new Decision(
                decision.signalId(),
                decision.policyVersion(),
                decision.decidedAt(),
                decision.severity(),
                decision.rules(),
                decision.actions(),
                List.of(new Grounds(
                        RULE,
                        "caep/risk-level-change",
                        Map.of(
                                "RiskLevelChange", new TreeMap<>(Map.of("currentLevel", "HIGH", "principal", "USER")),
                                "SecurityEvent", new TreeMap<>(Map.of("subject", "alice"))))));
    }

    public static Action action(Signal signal, int ordinal, @Nullable String target) {
        SecurityEvent event = signal.events().get(0);
        return new Action(
                Action.idFor(signal.id(), RULE, ordinal, "session.revoke", target),
                signal.id(),
                ordinal,
                "session.revoke",
                target,
                event.subject(),
                event.payload().alias(),
                event.payload().uri(),
                Severity.HIGH,
                Map.of("title", "Look at it"),
                new Because(RULE, "policy-1", null),
                null,
                false);
    }
}
