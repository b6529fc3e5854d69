package io.signalbox.ingest.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.set.Attestation;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the neutral form, which the route in a vendor's folder writes into headers, for one event:
 *
 * <ul>
 *   <li>{@code signal.type}: the vendor's word for what happened, looked up in {@code webhook.yaml}; or {@code signal.event}:
 *       one of our types, or a URI;
 *   <li>{@code signal.id}: the vendor's name of this event, so that a repeat is recognised; without it a digest of the
 *       event is its name, if the event has a time;
 *   <li>{@code signal.at}: when it happened, as date and time or in seconds or milliseconds since 1970;
 *   <li>{@code signal.txn}; {@code signal.secret}: what the vendor repeats in each event;
 *   <li>{@code signal.user.<member>}, {@code signal.device.<member>}, {@code signal.session.<member>}: whom it is about,
 *       the member being {@code email}, {@code sub} (of the source's issuer), {@code phone_number}, {@code account},
 *       {@code scim}, {@code uri} or {@code opaque}; the first of them that is there is taken;
 *   <li>{@code signal.claim.<name>}: a claim of the event; {@code signal.claims}: an object of them.
 * </ul>
 */
@Step("webhookEvent")
public final class WebhookEvent {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookEvent.class);

    private static final String UNMAPPED = "urn:signalbox:webhook:";
    private static final String CLAIM = "signal.claim.";
    private static final List<String> PRINCIPALS = List.of("user", "device", "session");
    private static final double SURELY_MILLISECONDS = 1e11;

    /** Format to the member of it that names somebody, in the order of preference. */
    private static final Map<String, String> FORMATS = formats();

    private final MeterRegistry meters;

    WebhookEvent(MeterRegistry meters) {
        this.meters = meters;
    }

    private static Map<String, String> formats() {
        Map<String, String> formats = new LinkedHashMap<>();
        formats.put("email", "email");
        formats.put("iss_sub", "sub");
        formats.put("phone_number", "phone_number");
        formats.put("account", "uri");
        formats.put("scim", "uri");
        formats.put("uri", "uri");
        formats.put("opaque", "id");
        return formats;
    }

    /**
     * One event of a webhook.
     *
     * @param headers the neutral form
     * @param body what the event was mapped from
     * @param delivery the request that it came in
     * @return an {@link Attestation}, a {@link Verdict.Refused} naming what is wrong, or the reason, in words, for which it
     *     is left out on purpose
     */
    public Object read(Map<String, Object> headers, @Nullable Object body, Object delivery) {
        Hook.Delivery hook = (Hook.Delivery) delivery;
        if (!Objects.requireNonNull(hook.source().webhook()).knows(text(headers.get("signal.secret")))) {
            return new Verdict.Refused(
                    SetError.AUTHENTICATION_FAILED, "the event does not repeat the secret that was agreed upon");
        }
        String type = text(headers.get("signal.type"));
        String uri = null;
        Map<String, Object> claims = new TreeMap<>();
        String event = text(headers.get("signal.event"));
        Mapping.Meaning meaning = type == null ? null : hook.mapping().types().get(type);
        String outcome = "mapped";
        if (meaning instanceof Mapping.Meaning.Nothing nothing) {
            count(hook, "filtered");
            LOG.atInfo()
                    .addKeyValue("source", hook.source().name())
                    .addKeyValue("type", printable(type))
                    .log("Left out an event of a webhook: {}", nothing.why());
            return nothing.why();
        } else if (meaning instanceof Mapping.Meaning.Event known) {
            uri = known.uri();
            claims.putAll(known.claims());
        } else if (event != null) {
            try {
                uri = Mapping.uri(event);
            } catch (IllegalArgumentException e) {
                return refused(hook, "the type of the event is neither one that is known nor a URI");
            }
        } else if (type != null) {
            outcome = "unmapped";
            uri = UNMAPPED + hook.mapping().name() + ":" + printable(type);
            claims.putAll(object(body));
        } else {
            return refused(
                    hook,
                    "the event says of no type, where the mapping "
                            + hook.mapping().name() + " looks for one");
        }
        claims.putAll(object(headers.get("signal.claims")));
        headers.forEach((name, value) -> {
            if (name.startsWith(CLAIM) && value != null) {
                claims.put(name.substring(CLAIM.length()), value);
            }
        });
        Instant at = hook.receivedAt();
        Object told = first(headers.get("signal.at"));
        if (told != null) {
            Instant read = time(told);
            if (read == null) {
                return refused(hook, "the time of the event is neither a date and time with its offset nor a number");
            }
            at = read;
        }
        String id = text(headers.get("signal.id"));
        count(hook, outcome);
        return new Attestation(
                hook.source().transmitter(),
                hook.source().audience(),
                id != null ? id : told == null ? digest(body) + "-" + hook.nameOfNext() : digest(body),
                at,
                text(headers.get("signal.txn")),
                subject(headers, hook.source().transmitter()),
                Map.of(uri, claims),
                hook.receivedAt());
    }

    /** Whether {@link #read} gave something to be attested. */
    public boolean readable(Object read) {
        return read instanceof Attestation;
    }

    /** Writes down what became of one event. */
    public void note(Object delivery, @Nullable Object verdict) {
        ((Hook.Delivery) delivery).note(verdict);
    }

    private void count(Hook.Delivery hook, String outcome) {
        meters.counter("signalbox.webhook.events", "source", hook.source().name(), "outcome", outcome)
                .increment();
    }

    private Verdict.Refused refused(Hook.Delivery hook, String why) {
        count(hook, "refused");
        LOG.atWarn().addKeyValue("source", hook.source().name()).log("Refused an event of a webhook: {}", why);
        return new Verdict.Refused(SetError.INVALID_REQUEST, why);
    }

    private static @Nullable SubjectIdentifier subject(Map<String, Object> headers, String issuer) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (String principal : PRINCIPALS) {
            Map<String, Object> identifier = identifier(headers, principal, issuer);
            if (identifier != null) {
                named.put(principal, identifier);
            }
        }
        if (named.isEmpty()) {
            return null;
        }
        if (named.size() == 1 && named.get("user") instanceof Map<?, ?> user) {
            return SubjectIdentifier.of(object(user)).orElse(null);
        }
        return new SubjectIdentifier(SubjectIdentifier.COMPLEX, named);
    }

    private static @Nullable Map<String, Object> identifier(
            Map<String, Object> headers, String principal, String issuer) {
        for (Map.Entry<String, String> format : FORMATS.entrySet()) {
            String member = format.getKey().equals("iss_sub") ? "sub" : format.getKey();
            String value = text(headers.get("signal." + principal + "." + member));
            if (value != null && !value.isBlank()) {
                Map<String, Object> identifier = new TreeMap<>();
                identifier.put("format", format.getKey());
                identifier.put(format.getValue(), value);
                if (format.getKey().equals("iss_sub")) {
                    identifier.put("iss", issuer);
                }
                return identifier;
            }
        }
        return null;
    }

    private static @Nullable Instant time(Object told) {
        try {
            if (told instanceof String text && !text.matches("\\d+")) {
                return OffsetDateTime.parse(text).toInstant();
            }
            double seconds = Double.parseDouble(String.valueOf(told));
            double milliseconds = seconds > SURELY_MILLISECONDS ? seconds : seconds * 1000;
            return milliseconds >= 0 && milliseconds < 2.5e14 ? Instant.ofEpochMilli((long) milliseconds) : null;
        } catch (DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    /** A filter of JSONPath gives a list, even of one. */
    private static @Nullable Object first(@Nullable Object value) {
        return value instanceof Collection<?> items ? items.stream().findFirst().orElse(null) : value;
    }

    private static @Nullable String text(@Nullable Object value) {
        Object first = first(value);
        return first instanceof String || first instanceof Number || first instanceof Boolean
                ? String.valueOf(first)
                : null;
    }

    private static Map<String, Object> object(@Nullable Object value) {
        Map<String, Object> object = new TreeMap<>();
        if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> object.put(String.valueOf(name), member));
        }
        return object;
    }

    private static String digest(@Nullable Object body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(Wire.write(body == null ? Map.of() : sorted(body)).getBytes(StandardCharsets.UTF_8));
            return "sha256-" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** A vendor need not write the members in one order twice. */
    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new TreeMap<>();
            map.forEach((name, member) -> members.put(String.valueOf(name), member == null ? "" : sorted(member)));
            return members;
        }
        return value instanceof Collection<?> items
                ? items.stream().map(item -> item == null ? "" : sorted(item)).toList()
                : value;
    }

    private static String printable(@Nullable String type) {
        String word = String.valueOf(type);
        return (word.length() > 100 ? word.substring(0, 100) : word).replaceAll("[^A-Za-z0-9._~-]", "_");
    }
}
