package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An event payload while it is read. Each claim is taken out as what its type says it is; what nobody took is kept
 * ({@link #others()}), because a claim that we do not know is no error. A JSON null says no more than an absent
 * claim.
 */
class Claims {

    /** Senders of earlier texts write milliseconds; no date before the year 5138 needs a number of seconds so large. */
    private static final double SURELY_MILLISECONDS = 1e11;

    /** The end of the year 9999, in seconds: beyond it, a number is no date, and dates cannot be written everywhere. */
    private static final double LAST_SECOND = 253_402_300_799.0;

    private final Map<String, Object> remaining;

    Claims(Map<String, Object> payload) {
        this.remaining = new LinkedHashMap<>(payload);
        if (payload.get("subject") instanceof Map<?, ?> subject) {
            remaining.put("subject", SubjectIdentifier.withoutSecret(members(subject)));
        }
    }

    /**
     * What a reader says of a claim before it takes it.
     *
     * @param kind what the claim must be, in words
     * @param required whether an event without it is malformed
     * @param value one that fits
     */
    record Wanted(String kind, boolean required, Object value) {}

    /**
     * Takes a claim out. All readers below come through here, so that {@link AskedClaims} hears what a type asks for.
     *
     * @param wanted asked for by that alone, for events come by the thousand
     */
    @Nullable
    Object take(String claim, Supplier<Wanted> wanted) {
        return remaining.remove(claim);
    }

    /** Looks without taking. */
    @Nullable
    Object peek(String claim) {
        return remaining.get(claim);
    }

    /** Puts a string in the place of an object that holds it under the claim's own name; anything else stays. */
    void unwrap(String claim) {
        if (remaining.get(claim) instanceof Map<?, ?> object && object.get(claim) instanceof String text) {
            remaining.put(claim, text);
        }
    }

    /** The subject, where the transmitter puts it inside the event; left where it is. */
    @SuppressWarnings("unchecked")
    Optional<SubjectIdentifier> peekSubject() {
        return peek("subject") instanceof Map<?, ?> json
                ? SubjectIdentifier.of((Map<String, Object>) json)
                : Optional.empty();
    }

    /**
     * Reads a claim that the type's text does not have, but senders add: what does not fit stays among the
     * {@link #others()}, as R-65 wants it of claims that we do not know.
     */
    <T> @Nullable T borrowed(Function<Claims, @Nullable T> reader) {
        Map<String, Object> before = new LinkedHashMap<>(remaining);
        try {
            return reader.apply(this);
        } catch (MalformedClaimException e) {
            remaining.putAll(before);
            return null;
        }
    }

    /** A required string; may not be empty. */
    String text(String claim) {
        return text(claim, List.of());
    }

    /**
     * The same.
     *
     * @param known values that the text lists where it leaves the list open; for documentation alone
     */
    String text(String claim, List<String> known) {
        String value = optionalText(claim, true, known);
        if (value == null || value.isEmpty()) {
            throw new MalformedClaimException(claim, "is required and must be a non-empty string");
        }
        return value;
    }

    @Nullable
    String optionalText(String claim) {
        return optionalText(claim, false, List.of());
    }

    @Nullable
    String optionalText(String claim, List<String> known) {
        return optionalText(claim, false, known);
    }

    private @Nullable String optionalText(String claim, boolean required, List<String> known) {
        Object value = take(
                claim,
                () -> known.isEmpty()
                        ? new Wanted("string", required, "a " + claim)
                        : new Wanted("string, such as " + String.join(", ", known), required, known.get(0)));
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return text;
        }
        throw new MalformedClaimException(claim, "must be a string");
    }

    /** A required value of a closed list. */
    <E extends Enum<E> & WireWord> E word(String claim, Class<E> list) {
        E value = optionalWord(claim, list, true);
        if (value == null) {
            throw new MalformedClaimException(claim, "is required and must be one of " + words(list));
        }
        return value;
    }

    <E extends Enum<E> & WireWord> @Nullable E optionalWord(String claim, Class<E> list) {
        return optionalWord(claim, list, false);
    }

    private <E extends Enum<E> & WireWord> @Nullable E optionalWord(String claim, Class<E> list, boolean required) {
        Object value =
                take(claim, () -> new Wanted("one of " + words(list), required, list.getEnumConstants()[0].word()));
        if (value == null) {
            return null;
        }
        for (E candidate : list.getEnumConstants()) {
            if (candidate.word().equals(value)) {
                return candidate;
            }
        }
        throw new MalformedClaimException(claim, "must be one of " + words(list));
    }

    /** A list of strings; empty if absent. */
    List<String> texts(String claim) {
        return texts(claim, false);
    }

    /** A list of strings that must be there; it may be empty. */
    List<String> requiredTexts(String claim) {
        return texts(claim, true);
    }

    private List<String> texts(String claim, boolean required) {
        Object value = take(claim, () -> new Wanted("array of strings", required, List.of("a " + claim)));
        if (value == null) {
            if (required) {
                throw new MalformedClaimException(claim, "is required and must be an array of strings");
            }
            return List.of();
        }
        if (!(value instanceof Collection<?> items)) {
            throw new MalformedClaimException(claim, "must be an array of strings");
        }
        List<String> texts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw new MalformedClaimException(claim, "must be an array of strings");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** A required object with at least one member. */
    Map<String, Object> object(String claim) {
        Object value = take(claim, () -> new Wanted("object", true, Map.of("a", "member")));
        if (!(value instanceof Map<?, ?> members) || members.isEmpty()) {
            throw new MalformedClaimException(claim, "is required and must be an object with at least one member");
        }
        return members(members);
    }

    /** An object; empty if absent. */
    Map<String, Object> optionalObject(String claim) {
        Object value = take(claim, () -> new Wanted("object", false, Map.of("a", "member")));
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> members) {
            return members(members);
        }
        throw new MalformedClaimException(claim, "must be an object");
    }

    /** A required subject identifier of any shape that {@link SubjectIdentifier} understands. */
    Map<String, Object> subject(String claim) {
        Map<String, Object> value = subject(claim, true);
        if (value.isEmpty()) {
            throw new MalformedClaimException(claim, "is required and must be a subject identifier");
        }
        return value;
    }

    /** Empty if absent. */
    Map<String, Object> optionalSubject(String claim) {
        return subject(claim, false);
    }

    private Map<String, Object> subject(String claim, boolean required) {
        Object value = take(
                claim,
                () -> new Wanted("subject identifier", required, Map.of("format", "opaque", "id", "a " + claim)));
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> json) {
            Map<String, Object> members = members(json);
            if (SubjectIdentifier.of(members).isPresent()) {
                return members;
            }
        }
        throw new MalformedClaimException(claim, "must be a subject identifier");
    }

    private static Map<String, Object> members(Map<?, ?> json) {
        Map<String, Object> object = new LinkedHashMap<>();
        json.forEach((name, member) -> object.put(String.valueOf(name), member));
        return Collections.unmodifiableMap(object);
    }

    /**
     * Language tag to text; empty if absent. A plain string, as earlier texts had it, is a text of undetermined
     * language.
     */
    Map<String, String> textByLanguage(String claim) {
        Object value =
                take(claim, () -> new Wanted("object of language tag to text", false, Map.of("en", "a " + claim)));
        if (value == null) {
            return Map.of();
        }
        if (value instanceof String plain) {
            return Map.of("und", plain);
        }
        String expected = "must be an object of language tag to string, with at least one member";
        if (!(value instanceof Map<?, ?> byLanguage) || byLanguage.isEmpty()) {
            throw new MalformedClaimException(claim, expected);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        byLanguage.forEach((language, text) -> {
            if (!(text instanceof String words)) {
                throw new MalformedClaimException(claim, expected);
            }
            texts.put(String.valueOf(language), words);
        });
        return Collections.unmodifiableMap(texts);
    }

    /**
     * Seconds since 1970, with a fraction or without; milliseconds are recognised by their size. Earlier texts left
     * the form open: a date and time with its offset, as RFC 3339 writes it, is understood too.
     */
    @Nullable
    Instant instant(String claim) {
        Object value = take(claim, () -> new Wanted("time, in seconds since 1970", false, 1_790_000_000));
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return dateAndTime(claim, text);
        }
        if (!(value instanceof Number number)) {
            throw new MalformedClaimException(claim, "must be a number of seconds since 1970-01-01T00:00:00Z");
        }
        // A double is exact to the microsecond here. Exact decimals are not asked for: one with a huge exponent, which
        // a sender is free to write, would keep us computing.
        double seconds = number.doubleValue();
        if (seconds > SURELY_MILLISECONDS) {
            seconds /= 1000;
        }
        if (!(seconds >= 0 && seconds <= LAST_SECOND)) {
            throw new MalformedClaimException(
                    claim, "must be a number of seconds since 1970-01-01T00:00:00Z, no later than the year 9999");
        }
        return Instant.EPOCH.plus(Math.round(seconds * 1e6), ChronoUnit.MICROS);
    }

    private static Instant dateAndTime(String claim, String text) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
            if (!instant.isBefore(Instant.EPOCH) && instant.getEpochSecond() <= LAST_SECOND) {
                return instant;
            }
        } catch (DateTimeException e) {
            // No date at all. Refused below.
        }
        throw new MalformedClaimException(
                claim, "must be a number of seconds since 1970-01-01T00:00:00Z, or a date and time with its offset");
    }

    /** All claims that nobody has taken. */
    Map<String, Object> others() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(remaining));
    }

    private static <E extends Enum<E> & WireWord> String words(Class<E> list) {
        return Arrays.stream(list.getEnumConstants()).map(WireWord::word).collect(Collectors.joining(", "));
    }

    /** A payload while it is written: what is absent leaves no member. */
    static final class Written {

        private final Map<String, Object> json = new LinkedHashMap<>();

        Written with(String claim, @Nullable Object value) {
            if (value instanceof WireWord closed) {
                json.put(claim, closed.word());
            } else if (value instanceof Instant instant) {
                json.put(claim, seconds(instant));
            } else if (value != null && !isEmpty(value)) {
                json.put(claim, value);
            }
            return this;
        }

        /** A claim that the type demands, even if there is nothing in it. */
        Written withRequired(String claim, Object value) {
            json.put(claim, value);
            return this;
        }

        Written with(Map<String, Object> others) {
            // A claim of the type wins over a stray of the same name.
            others.forEach(json::putIfAbsent);
            return this;
        }

        Map<String, Object> json() {
            return Collections.unmodifiableMap(json);
        }

        private static boolean isEmpty(Object value) {
            return value instanceof Map<?, ?> map && map.isEmpty()
                    || value instanceof Collection<?> items && items.isEmpty();
        }

        private static Number seconds(Instant instant) {
            if (instant.getNano() == 0) {
                return instant.getEpochSecond();
            }
            BigDecimal fraction = new BigDecimal(BigInteger.valueOf(instant.getNano()), 9);
            return BigDecimal.valueOf(instant.getEpochSecond()).add(fraction).stripTrailingZeros();
        }
    }
}
