package io.signalbox.event;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a subject stood before the event at hand, by the word of the issuer of that event: of each aspect what happened
 * last, not what arrived last. Two issuers rate and measure in ways of their own, so neither's word replaces the other's.
 *
 * @param risk of the user; absent if never told, as with the next ones
 * @param deviceRisk of the subject's device
 * @param sessionRisk of the subject's session
 * @param compliance of the device
 * @param assurance namespace to level, such as {@code NIST-AAL} to {@code nist-aal2}
 * @param known the same and whatever else is known, each with its time
 */
public record Posture(
        @Nullable RiskLevel risk,
        @Nullable RiskLevel deviceRisk,
        @Nullable RiskLevel sessionRisk,
        @Nullable ComplianceStatus compliance,
        Map<String, String> assurance,
        List<Known> known) {

    /** Of a subject that was never spoken of. */
    public static final Posture NOTHING = new Posture(null, null, null, null, Map.of(), List.of());

    private static final String RISK = "risk/";
    private static final String COMPLIANCE = "compliance";
    private static final String ASSURANCE = "assurance/";

    /**
     * One aspect as it stands.
     *
     * @param aspect its name
     * @param value as spelt on the wire
     * @param since when that happened
     * @param signalId the signal that said so
     */
    public record Known(String aspect, String value, Instant since, String signalId) {}

    public static Posture of(Collection<Known> known) {
        if (known.isEmpty()) {
            return NOTHING;
        }
        Map<String, String> values = new HashMap<>();
        Map<String, String> assurance = new HashMap<>();
        for (Known each : known) {
            values.put(each.aspect(), each.value());
            if (each.aspect().startsWith(ASSURANCE)) {
                assurance.put(each.aspect().substring(ASSURANCE.length()), each.value());
            }
        }
        return new Posture(
                word(RiskLevel.values(), values.get(RISK + "USER")),
                word(RiskLevel.values(), values.get(RISK + "DEVICE")),
                word(RiskLevel.values(), values.get(RISK + "SESSION")),
                word(ComplianceStatus.values(), values.get(COMPLIANCE)),
                Map.copyOf(assurance),
                List.copyOf(known));
    }

    static Aspect riskOf(String principal, RiskLevel level) {
        return new Aspect(RISK + principal, level.word());
    }

    static Aspect compliance(ComplianceStatus status) {
        return new Aspect(COMPLIANCE, status.word());
    }

    static Aspect assurance(String namespace, String level) {
        return new Aspect(ASSURANCE + namespace, level);
    }

    /** What the event leaves known once it is decided; absent if it says nothing of how its subject stands. */
    public static @Nullable Known left(SecurityEvent event) {
        Aspect aspect = event.payload().states();
        return aspect == null || event.subject() == null
                ? null
                : new Known(aspect.name(), aspect.value(), time(event), event.signalId());
    }

    /** Whether something later is known than what this event tells: it was overtaken on its way. */
    public boolean overtook(SecurityEvent event) {
        Known told = left(event);
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
