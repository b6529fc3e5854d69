package io.signalbox.event;

import java.time.Instant;
import java.util.Map;
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

    static CaepContext read(Claims claims) {
        return new CaepContext(
                claims.instant("event_timestamp"),
                claims.optionalWord("initiating_entity", InitiatingEntity.class),
                claims.textByLanguage("reason_admin"),
                claims.textByLanguage("reason_user"));
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
