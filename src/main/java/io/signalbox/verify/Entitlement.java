package io.signalbox.verify;

import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPattern;
import io.signalbox.event.EventType;
import io.signalbox.set.SetError;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one issuer may say, and about whom (P-20, P-21): the operator's word, to which a valid signature adds nothing.
 *
 * @param events types of which each event must be one; empty allows all
 * @param subjects of which each identifier in the subject must be one; empty allows all, and SETs that name nobody
 * @param stance whether what it says is acted upon at all
 * @param outside what becomes of the rest
 * @param maxAge how long ago at most a SET may have been issued; absent sets no limit
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
record Entitlement(
        List<EventPattern> events,
        List<SubjectPattern> subjects,
        Stance stance,
        Outside outside,
        @Nullable Duration maxAge) {

    /** They tell of the stream and not of a subject, and come whatever was asked for. */
    private static final Set<String> OF_THE_STREAM = Set.of(
            "https://schemas.openid.net/secevent/ssf/event-type/verification",
            "https://schemas.openid.net/secevent/ssf/event-type/stream-updated",
            "https://schemas.openid.net/secevent/sse/event-type/verification",
            "https://schemas.openid.net/secevent/sse/event-type/stream-updated",
            "https://schemas.openid.net/secevent/risc/event-type/verification");

    /** Whoever says these can hand an account over to somebody else (P-22). */
    private static final Set<String> OF_THE_IDENTIFIER = Set.of(
            "https://schemas.openid.net/secevent/risc/event-type/identifier-changed",
            "https://schemas.openid.net/secevent/risc/event-type/identifier-recycled");

    private static final String NOTHING_DONE = ": recorded, nothing done";

    /**
     * What a SET counts for.
     *
     * @param types the URIs of its events
     * @param named whom it names, first of all whom it is about; absent stands for nobody, or somebody that cannot be read
     * @throws Refusal if it is outside what the issuer may say, and such is refused
     */
    Standing of(Collection<String> types, List<@Nullable SubjectIdentifier> named, Instant iat, Instant now) {
        List<String> told = types.stream()
                .filter(uri -> !OF_THE_STREAM.contains(specified(uri)))
                .toList();
        if (told.isEmpty()) {
            return Standing.ENTITLED;
        }
        if (!events.isEmpty()
                && !told.stream().allMatch(uri -> events.stream().anyMatch(pattern -> pattern.matches(uri)))) {
            return outside(SetError.ACCESS_DENIED, "The issuer is not entitled to tell of events of this type");
        }
        if (!subjects.isEmpty()
                && !named.stream().allMatch(subject -> subject != null && SubjectPattern.cover(subjects, subject))) {
            return outside(SetError.ACCESS_DENIED, "The issuer is not entitled to speak about this subject");
        }
        if (maxAge != null && iat.isBefore(now.minus(maxAge))) {
            return outside(SetError.INVALID_REQUEST, "The SET was issued longer ago than is taken from its issuer");
        }
        if (subjects.isEmpty() && told.stream().anyMatch(uri -> OF_THE_IDENTIFIER.contains(specified(uri)))) {
            return new Standing(
                    Standing.Word.NOT_ENTITLED,
                    "The issuer is not listed as having authority over this identifier" + NOTHING_DONE);
        }
        return stance == Stance.ADVISORY
                ? new Standing(Standing.Word.ADVISORY, "The issuer is trusted as an adviser only" + NOTHING_DONE)
                : Standing.ENTITLED;
    }

    private static String specified(String uri) {
        return EventCatalog.type(uri).map(EventType::uri).orElse(uri);
    }

    private Standing outside(SetError error, String sentence) {
        if (outside == Outside.REFUSE) {
            throw new Refusal(error, sentence);
        }
        return new Standing(Standing.Word.NOT_ENTITLED, sentence + NOTHING_DONE);
    }
}
