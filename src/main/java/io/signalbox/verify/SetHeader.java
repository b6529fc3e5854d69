package io.signalbox.verify;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of a SET's header that we go by. Keys that a header brings along, {@code jwk}, {@code jku},
 * {@code x5c}, {@code x5u}, are not among them (J-09).
 *
 * @param typ as written, empty if there is none; not yet known to be allowed
 * @param alg as written; not yet known to be allowed
 * @param kid names a key in the issuer's key set, if the sender gave one
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.3">RFC 8417, section 2.3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725#section-3.11">RFC 8725, section 3.11</a>
 */
record SetHeader(String typ, String alg, @Nullable String kid) {

    /** A kid is compared and nothing else; the limits keep it out of trouble in logs all the same (J-10, J-17). */
    private static final Pattern KID = Pattern.compile("[\\x21-\\x7e]{1,256}");

    static SetHeader read(Map<String, Object> header) {
        Object typ = header.getOrDefault("typ", "");
        if (!(typ instanceof String type)) {
            throw Refusal.request("The header's typ is no string");
        }
        // Every extension that may be marked critical is unknown to us.
        if (header.containsKey("crit")) {
            throw Refusal.request("The header names critical extensions, of which none is supported");
        }
        if (header.containsKey("b64")) {
            throw Refusal.request("The header has b64; only encoded payloads are supported");
        }
        if (!(header.get("alg") instanceof String alg)) {
            throw Refusal.request("The header's alg is missing or no string");
        }
        if (!header.containsKey("kid")) {
            return new SetHeader(type, alg, null);
        }
        if (!(header.get("kid") instanceof String kid) || !KID.matcher(kid).matches()) {
            throw Refusal.request("The header's kid is no string of 1 to 256 visible ASCII characters");
        }
        return new SetHeader(type, alg, kid);
    }
}
