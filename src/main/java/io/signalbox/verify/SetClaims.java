package io.signalbox.verify;

import io.signalbox.event.EventCatalog;
import io.signalbox.set.SetError;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The claim set of a SET whose signature is genuine: whether it is meant for us, and whether it is a SET of SSF at all
 * and no other kind of JWT by the same issuer (J-12). Claims that we do not know are passed over.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.2">RFC 8417, section 2.2</a>
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-4.1">SSF 1.0, section
 *     4.1</a>
 */
final class SetClaims {

    private static final int MAX_EVENTS = 5;

    /** A jti is a key in stores and logs: bounded, and without characters that a store or a terminal acts upon. */
    private static final Pattern JTI = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,256}");

    /** What is stored as text: a NUL, for one, makes a store refuse the row, and then the SET would come for ever. */
    private static final Pattern PRINTABLE = Pattern.compile("[^\\p{Cc}\\p{Cs}]+");

    private static final BigDecimal LAST_SECOND = new BigDecimal("253402300799");

    private final Map<String, Object> claims;
    private final TrustedIssuer issuer;
    private final Instant now;

    SetClaims(Map<String, Object> claims, TrustedIssuer issuer, Instant now) {
        this.claims = issuer.dialect().claims(claims, issuer.issuer());
        this.issuer = issuer;
        this.now = now;
    }

    /** Which issuer a SET claims to be from; believed once a key of that issuer has verified the signature. */
    static String iss(Map<String, Object> claims) {
        if (!(claims.get("iss") instanceof String iss) || iss.isEmpty()) {
            throw Refusal.request("The claim iss is missing or no string");
        }
        return iss;
    }

    /**
     * The SET, if everything in it is as it should be.
     *
     * @param compact as signed
     * @throws Refusal if it is not
     */
    VerifiedSet verified(String compact, Instant receivedAt) {
        List<String> aud = audience();
        Instant latest = now.plus(issuer.clockSkew());
        Instant iat = time("iat");
        if (iat == null) {
            throw Refusal.request("The claim iat is missing");
        }
        if (iat.isAfter(latest)) {
            throw Refusal.request("The claim iat lies in the future");
        }
        if (!(claims.get("jti") instanceof String jti) || !JTI.matcher(jti).matches()) {
            throw Refusal.request("The claim jti is missing or no string of 1 to 256 printable characters");
        }
        for (String foreign : List.of("sub", "exp")) {
            if (claims.containsKey(foreign)) {
                throw Refusal.request("The claim " + foreign + " must not be in a SET");
            }
        }
        Instant nbf = time("nbf");
        if (nbf != null && nbf.isAfter(latest)) {
            throw Refusal.request("The claim nbf lies in the future");
        }
        Instant toe = time("toe");
        String txn = null;
        if (claims.containsKey("txn")) {
            if (!(claims.get("txn") instanceof String text)
                    || !PRINTABLE.matcher(text).matches()) {
                throw Refusal.request("The claim txn is no string of printable characters");
            }
            txn = text;
        }
        Map<String, Map<String, Object>> events = events();
        SubjectIdentifier subject = subject(events);
        List<@Nullable SubjectIdentifier> named = named(subject, events);
        Standing standing = issuer.entitlement().of(events.keySet(), named, iat, now);
        if (named.stream().anyMatch(this::isNotUnderstood)) {
            // no fault of the sender's, so it is taken; whoever acted upon it could hit somebody else.
            standing = new Standing(
                    Standing.Word.NOT_ENTITLED,
                    "A critical member of the subject is not understood here: recorded, nothing done");
        }
        return new VerifiedSet(
                issuer.issuer(), jti, iat, aud, txn, toe, subject, events, compact, receivedAt, standing);
    }

    private boolean isNotUnderstood(@Nullable SubjectIdentifier subject) {
        return subject != null && !issuer.criticalSubjectMembers().stream().allMatch(subject::understands);
    }

    private List<String> audience() {
        if (!claims.containsKey("aud")) {
            throw new Refusal(SetError.INVALID_AUDIENCE, "The claim aud is missing");
        }
        Object value = claims.get("aud");
        Collection<?> values = value instanceof Collection<?> array ? array : Collections.singletonList(value);
        if (!values.stream().allMatch(String.class::isInstance)) {
            throw Refusal.request("The claim aud is neither a string nor an array of strings");
        }
        List<String> aud = values.stream().map(String.class::cast).toList();
        if (Collections.disjoint(aud, issuer.audiences())) {
            throw new Refusal(SetError.INVALID_AUDIENCE, "The claim aud does not name this receiver");
        }
        return aud;
    }

    /** A NumericDate may have a fraction (S-03); absent is null. */
    private @Nullable Instant time(String claim) {
        if (!claims.containsKey(claim)) {
            return null;
        }
        if (claims.get(claim) instanceof Number number) {
            try {
                BigDecimal seconds = new BigDecimal(number.toString());
                if (seconds.signum() >= 0 && seconds.compareTo(LAST_SECOND) <= 0) {
                    return Instant.ofEpochMilli(seconds.movePointRight(3)
                            .setScale(0, RoundingMode.FLOOR)
                            .longValueExact());
                }
            } catch (NumberFormatException e) {
                // Infinity: a number of JSON, and no date. Refused below.
            }
        }
        throw Refusal.request("The claim " + claim + " is no date in seconds");
    }

    private Map<String, Map<String, Object>> events() {
        if (!(claims.get("events") instanceof Map<?, ?> members) || members.isEmpty()) {
            throw Refusal.request("The claim events is no object with at least one member");
        }
        if (members.size() > MAX_EVENTS) {
            throw Refusal.request("The claim events has more than " + MAX_EVENTS + " members");
        }
        Map<String, Map<String, Object>> events = new LinkedHashMap<>();
        members.forEach((uri, value) -> {
            Map<String, Object> payload = object(value);
            if (payload == null || !PRINTABLE.matcher(String.valueOf(uri)).matches()) {
                throw Refusal.request("The claim events has a member that is no event type with an object");
            }
            events.put(String.valueOf(uri), payload);
        });
        events.forEach((uri, payload) -> {
            // The catalogue names a claim of its own definition, and never the value it found.
            if (EventCatalog.read(uri, payload) instanceof EventCatalog.Reading.Malformed malformed) {
                throw Refusal.request("The event " + malformed.alias() + " does not fit its definition: "
                        + malformed.claim() + " " + malformed.why());
            }
        });
        return Collections.unmodifiableMap(events);
    }

    /** {@code sub_id} where there is one, else the place where older profiles have it. */
    private @Nullable SubjectIdentifier subject(Map<String, Map<String, Object>> events) {
        if (claims.containsKey("sub_id")) {
            return subject(claims.get("sub_id"), "The claim sub_id");
        }
        if (events.size() != 1) {
            return sharedSubject(events);
        }
        Map.Entry<String, Map<String, Object>> event =
                events.entrySet().iterator().next();
        Map<String, Object> payload = event.getValue();
        if (!payload.containsKey("subject")) {
            return sharedSubject(events);
        }
        if (EventCatalog.type(event.getKey()).isEmpty()) {
            // What "subject" means in a type that we do not know is not ours to judge: read if it can be.
            Map<String, Object> json = object(payload.get("subject"));
            return json == null
                    ? null
                    : SubjectIdentifier.of(issuer.dialect().subject(json))
                            .filter(subject -> subject.flaw().isEmpty())
                            .orElse(null);
        }
        return subject(payload.get("subject"), "The event's subject");
    }

    /** The one that all events which name somebody are about, in whatever way their dialect does; else nobody. */
    private static @Nullable SubjectIdentifier sharedSubject(Map<String, Map<String, Object>> events) {
        SubjectIdentifier shared = null;
        for (Map.Entry<String, Map<String, Object>> event : events.entrySet()) {
            SubjectIdentifier inside = inside(event);
            if (shared != null && inside != null && !shared.sameAs(inside)) {
                return null;
            }
            shared = inside == null ? shared : inside;
        }
        return shared;
    }

    private static @Nullable SubjectIdentifier inside(Map.Entry<String, Map<String, Object>> event) {
        return EventCatalog.read(event.getKey(), event.getValue()) instanceof EventCatalog.Reading.Read read
                ? read.payload().subjectInside()
                : null;
    }

    /**
     * Whom the SET is about, and whom its events name besides or instead, in whatever way: nobody gets in by that door.
     *
     * @return absent stands for an event about nobody, or about somebody that cannot be read
     */
    private List<@Nullable SubjectIdentifier> named(
            @Nullable SubjectIdentifier subject, Map<String, Map<String, Object>> events) {
        List<@Nullable SubjectIdentifier> named = new ArrayList<>();
        if (subject != null) {
            named.add(subject);
        }
        for (Map.Entry<String, Map<String, Object>> event : events.entrySet()) {
            SubjectIdentifier inside = inside(event);
            Map<String, Object> json = object(event.getValue().get("subject"));
            if (inside != null || subject == null && json == null) {
                named.add(inside);
            }
            if (json != null) {
                named.add(SubjectIdentifier.of(issuer.dialect().subject(json)).orElse(null));
            }
        }
        return named;
    }

    private SubjectIdentifier subject(@Nullable Object value, String place) {
        Map<String, Object> json = object(value);
        if (json == null) {
            throw Refusal.request(place + " is no object");
        }
        SubjectIdentifier subject = SubjectIdentifier.of(issuer.dialect().subject(json))
                .orElseThrow(() -> Refusal.request(place + " is no subject identifier with a format"));
        subject.flaw().ifPresent(flaw -> {
            throw Refusal.request(place + " does not fit its format: " + flaw);
        });
        return subject;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, Object>) value : null;
    }
}
