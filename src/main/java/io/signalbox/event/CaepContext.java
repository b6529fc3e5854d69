package io.signalbox.event;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claims that every CAEP event may carry.
 *
 * @param eventTimestamp when the event happened; absent if the transmitter did not say
 * @param initiatingEntity who caused it; absent if the transmitter did not say
 * @param reasonAdmin language tag to text, for logs and audit; never shown to end users; empty if absent
 * @param reasonUser language tag to text, for the end user; empty if absent
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-2">CAEP 1.0, section 2</a>
 */
public record CaepContext(
        @Nullable Instant eventTimestamp,
        @Nullable InitiatingEntity initiatingEntity,
        Map<String, String> reasonAdmin,
        Map<String, String> reasonUser) {

    private static final List<String> NAMES =
            List.of("event_timestamp", "initiating_entity", "reason_admin", "reason_user");

    /** Of an event that carries none of them. */
    static final CaepContext NONE = new CaepContext(null, null, Map.of(), Map.of());

    static CaepContext read(Claims claims) {
        return new CaepContext(
                claims.instant("event_timestamp"),
                claims.optionalWord("initiating_entity", InitiatingEntity.class),
                claims.textByLanguage("reason_admin"),
                claims.textByLanguage("reason_user"));
    }

    /** Of an event whose type does not have these claims; each that a sender added all the same is taken if it fits. */
    static CaepContext readBorrowed(Claims claims) {
        if (NAMES.stream().allMatch(name -> claims.peek(name) == null)) {
            return NONE;
        }
        return new CaepContext(
                claims.borrowed(each -> each.instant("event_timestamp")),
                claims.borrowed(each -> each.optionalWord("initiating_entity", InitiatingEntity.class)),
                Objects.requireNonNullElse(claims.borrowed(each -> each.textByLanguage("reason_admin")), Map.of()),
                Objects.requireNonNullElse(claims.borrowed(each -> each.textByLanguage("reason_user")), Map.of()));
    }

    /** Of texts by language, the one that a reader of these languages is served best with. */
    static Optional<String> inOneOf(String languages, Map<String, String> texts) {
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        String tag = null;
        try {
            tag = Locale.lookupTag(Locale.LanguageRange.parse(languages), texts.keySet());
        } catch (IllegalArgumentException e) {
            // Whoever asks cannot say in which language: then any will do.
        }
        for (String fallback : List.of("en", "und")) {
            tag = tag == null && texts.containsKey(fallback) ? fallback : tag;
        }
        return Optional.ofNullable(
                texts.get(tag == null ? texts.keySet().iterator().next() : tag));
    }

    /** The claims of the type, then these, then those that nobody knows. */
    Map<String, Object> write(Claims.Written own, Map<String, Object> others) {
        return own.with("event_timestamp", eventTimestamp)
                .with("initiating_entity", initiatingEntity)
                .with("reason_admin", reasonAdmin)
                .with("reason_user", reasonUser)
                .with(others)
                .json();
    }
}
