package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.action.Severity;
import io.signalbox.event.SecurityEvent;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.SignalRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signal as operators and their scripts read it. Members may be added; none is renamed.
 *
 * @param id ours, made of iss and jti
 * @param type alias of the first event; SETs with more than one are rare
 * @param occurredAt when the first event happened
 * @param issuedAt when the token was made
 * @param subject as the transmitter named it; absent if the signal names nobody
 * @param subjectKey stands for the subject in logs and in queries
 * @param standing what it counts for: {@code entitled}, {@code advisory} or {@code not entitled}; the last two are
 *     never acted upon
 * @param reason why it counts for less than {@code entitled}
 * @param events all events, in the order of the token
 * @param decision absent if the signal was parked
 * @param parkedBecause why it could not be decided
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SignalView(
        String id,
        String iss,
        String jti,
        @Nullable String txn,
        @Nullable String type,
        @Nullable Map<String, Object> subject,
        @Nullable String subjectKey,
        @Nullable Instant occurredAt,
        Instant issuedAt,
        Instant receivedAt,
        String standing,
        @Nullable String reason,
        List<EventView> events,
        @Nullable DecisionView decision,
        List<ActionView> actions,
        @Nullable String parkedBecause) {

    static SignalView of(SignalRecord story) {
        VerifiedSet set = story.signal().set();
        List<EventView> events = story.signal().events().stream()
                .map(event -> EventView.of(set, event))
                .toList();
        return new SignalView(
                set.id(),
                set.iss(),
                set.jti(),
                set.txn(),
                events.isEmpty() ? null : events.get(0).type(),
                set.subject() == null ? null : set.subject().toJson(),
                set.subject() == null ? null : set.subject().key(),
                events.isEmpty() ? null : events.get(0).occurredAt(),
                set.iat(),
                set.receivedAt(),
                set.standing().word().spelling(),
                set.standing().reason(),
                events,
                story.decision() == null ? null : DecisionView.of(story.decision()),
                story.actions().stream().map(ActionView::of).toList(),
                story.parkedBecause());
    }

    /**
     * One event of the token.
     *
     * @param type its alias
     * @param uri its type as specified
     * @param subject whom it is about, where that is not the subject of the token
     * @param derivedFrom type of the event of the token that means this; absent if the token itself says it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EventView(
            String type,
            String uri,
            Instant occurredAt,
            @Nullable Map<String, Object> subject,
            Map<String, Object> payload,
            @Nullable String derivedFrom) {

        static EventView of(VerifiedSet set, SecurityEvent event) {
            SubjectIdentifier own = Objects.equals(event.subject(), set.subject()) ? null : event.subject();
            return new EventView(
                    event.payload().alias(),
                    event.payload().uri(),
                    event.occurredAt(),
                    own == null ? null : own.toJson(),
                    event.payload().toJson(),
                    event.derivedFrom());
        }
    }

    /**
     * What policy made of it; its actions stand beside it.
     *
     * @param grounds what the conditions of these rules met; left out if nothing of it was kept
     */
    record DecisionView(
            String policyVersion,
            Instant decidedAt,
            Severity severity,
            List<String> rules,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Grounds> grounds) {

        static DecisionView of(Decision decision) {
            return new DecisionView(
                    decision.policyVersion(),
                    decision.decidedAt(),
                    decision.severity(),
                    decision.rules(),
                    decision.grounds());
        }
    }
}
