package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a subject stood before the event at hand, by the word of the issuer of that event: of each aspect what happened
 * last, not what arrived last. Two issuers rate and measure in ways of their own, so neither's word replaces the other's.
 * A user has several devices and sessions: of each is known what was said of it, and the event's own is the one that
 * counts.
 *
 * @param risk of the user; absent if never told, as with the next ones
 * @param deviceRisk of the device that the event is about
 * @param sessionRisk of the session that the event is about
 * @param compliance of the device that the event is about
 * @param account of the user
 * @param sharing whether the user agrees to have events exchanged
 * @param compromised types of the user's credentials that were found compromised, and not changed since
 * @param assurance namespace to level, such as {@code NIST-AAL} to {@code nist-aal2}
 * @param known the same and whatever else is known, each with its time
 */
public record Posture(
        @Nullable RiskLevel risk,
        @Nullable RiskLevel deviceRisk,
        @Nullable RiskLevel sessionRisk,
        @Nullable ComplianceStatus compliance,
        @Nullable AccountState account,
        @Nullable SharingState sharing,
        Set<String> compromised,
        Map<String, String> assurance,
        List<Known> known) {

    /** Of a subject that was never spoken of. */
    public static final Posture NOTHING =
            new Posture(null, null, null, null, null, null, Set.of(), Map.of(), List.of());

    private static final String RISK = "risk/";
    private static final String COMPLIANCE = "compliance";
    private static final String ASSURANCE = "assurance/";
    private static final String CREDENTIAL = "credential/";
    private static final String COMPROMISED = "compromised";
    private static final String DEVICE_RISK = RISK + "DEVICE";
    private static final String SESSION_RISK = RISK + "SESSION";
    private static final String DEVICE = "device";

    /** Which member of a complex subject an aspect is of; the others are of the user. */
    private static final Map<String, String> PARTS =
            Map.of(COMPLIANCE, DEVICE, DEVICE_RISK, DEVICE, SESSION_RISK, "session");

    /**
     * One aspect as it stands.
     *
     * @param aspect its name
     * @param value as spelt on the wire
     * @param since when that happened
     * @param signalId the signal that said so
     */
    public record Known(String aspect, String value, Instant since, String signalId) {}

    /** As an event sees it that names neither device nor session; others are given {@link #seenBy}. */
    public static Posture of(Collection<Known> known) {
        return of(known, UnaryOperator.identity());
    }

    /** The same with the devices' and sessions' aspects being those of the device and the session of this event. */
    public Posture seenBy(SecurityEvent event) {
        return known.isEmpty() ? this : of(known, aspect -> nameFor(event, aspect));
    }

    private static Posture of(Collection<Known> known, UnaryOperator<String> name) {
        if (known.isEmpty()) {
            return NOTHING;
        }
        Map<String, String> values = new HashMap<>();
        Map<String, String> assurance = new HashMap<>();
        Set<String> compromised = new HashSet<>();
        for (Known each : known) {
            values.put(each.aspect(), each.value());
            if (each.aspect().startsWith(ASSURANCE)) {
                assurance.put(each.aspect().substring(ASSURANCE.length()), each.value());
            } else if (each.aspect().startsWith(CREDENTIAL) && each.value().equals(COMPROMISED)) {
                compromised.add(each.aspect().substring(CREDENTIAL.length()));
            }
        }
        return new Posture(
                word(RiskLevel.values(), values.get(name.apply(RISK + "USER"))),
                word(RiskLevel.values(), values.get(name.apply(DEVICE_RISK))),
                word(RiskLevel.values(), values.get(name.apply(SESSION_RISK))),
                word(ComplianceStatus.values(), values.get(name.apply(COMPLIANCE))),
                word(AccountState.values(), values.get(AccountState.ASPECT)),
                word(SharingState.values(), values.get(SharingState.ASPECT)),
                Set.copyOf(compromised),
                Map.copyOf(assurance),
                List.copyOf(known));
    }

    static Aspect riskOf(String principal, RiskLevel level) {
        return new Aspect(RISK + principal, level.word());
    }

    static Aspect compliance(ComplianceStatus status) {
        return new Aspect(COMPLIANCE, status.word());
    }

    static Aspect compromised(String credentialType) {
        return credential(credentialType, COMPROMISED);
    }

    /** What became of it last; it counts as compromised until then. */
    static Aspect credential(String credentialType, String state) {
        return new Aspect(CREDENTIAL + credentialType, state);
    }

    /**
     * What became last of any session of the subject. One aspect for all of them: a row for each session that ever was
     * would be kept for good.
     */
    static Aspect sessions(String state) {
        return new Aspect("sessions", state);
    }

    static Aspect assurance(String namespace, String level) {
        return new Aspect(ASSURANCE + namespace, level);
    }

    /** What the event leaves known once it is decided; absent if it says nothing of how its subject stands. */
    public static @Nullable Known left(SecurityEvent event) {
        Aspect aspect = event.payload().states();
        return aspect == null || event.subject() == null
                ? null
                : new Known(nameFor(event, aspect.name()), aspect.value(), time(event), event.signalId());
    }

    /**
     * The name under which an aspect is known: with the device or session that the event names, if the aspect is of such a
     * thing. One laptop that is no longer compliant must not be taken for overtaken because a phone of the same user was
     * found compliant since.
     */
    public static String nameFor(SecurityEvent event, String aspect) {
        String part = PARTS.get(aspect);
        SubjectIdentifier subject = event.subject();
        if (part == null || subject == null || !subject.format().equals(SubjectIdentifier.COMPLEX)) {
            return aspect;
        }
        return subject.principal(part)
                .map(SubjectIdentifier::key)
                .map(key -> aspect + "/" + key)
                .orElse(aspect);
    }

    /** Whether something later is known than what this event tells: it was overtaken on its way. */
    public boolean overtook(SecurityEvent event) {
        Known told = event.payload().perishes() ? left(event) : null;
        return told != null
                && known.stream()
                        .anyMatch(each -> each.aspect().equals(told.aspect())
                                && each.since().isAfter(told.since()));
    }

    /** An issuer whose clock runs ahead would otherwise make everything old that it says until that time has come. */
    private static Instant time(SecurityEvent event) {
        return event.occurredAt().isAfter(event.receivedAt()) ? event.receivedAt() : event.occurredAt();
    }

    private static <W extends Enum<W> & WireWord> @Nullable W word(W[] words, @Nullable String value) {
        for (W word : words) {
            if (Objects.equals(word.word(), value)) {
                return word;
            }
        }
        return null;
    }

    /** How people stand belongs in no log. */
    @Override
    public String toString() {
        return "Posture[" + known.size() + " known]";
    }
}
