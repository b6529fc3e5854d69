package io.signalbox.verify;

import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A SET taken apart, with nothing in it believed yet.
 *
 * @param header the JOSE header
 * @param claims the claim set
 * @param signingInput what the signature covers, as sent
 * @param signature not empty
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#section-5.2">RFC 7515, section 5.2</a>
 */
@SuppressWarnings("ArrayRecordComponent")
record CompactSet(Map<String, Object> header, Map<String, Object> claims, byte[] signingInput, Base64URL signature) {

    /** The default cap of the push endpoint; a SET that came another way meets it here. */
    static final int MAX_LENGTH = 64 * 1024;

    private static final int JWS_PARTS = 3;
    private static final int JWE_PARTS = 5;

    /**
     * Takes a compact serialization apart.
     *
     * @throws Refusal if it is none
     */
    static CompactSet parse(String compact) {
        if (compact.length() > MAX_LENGTH) {
            throw tooLong();
        }
        List<String> parts = List.of(compact.split("\\.", -1));
        if (parts.size() != JWS_PARTS) {
            throw Refusal.request("The body is not one SET in compact form: three parts, joined by full stops");
        }
        byte[] header = decode(parts.get(0), "header");
        byte[] claims = decode(parts.get(1), "claim set");
        decode(parts.get(2), "signature");
        return new CompactSet(
                StrictJson.object(header, "header"),
                StrictJson.object(claims, "claim set"),
                compact.substring(0, compact.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII),
                new Base64URL(parts.get(2)));
    }

    /** Whether this has the parts of a JWE, and nothing more than that. */
    static boolean isEncrypted(String compact) {
        return parts(compact) == JWE_PARTS;
    }

    /** Whether this has the parts of a JWS, and nothing more than that. */
    static boolean isSigned(String compact) {
        return parts(compact) == JWS_PARTS;
    }

    private static int parts(String compact) {
        int parts = 1;
        for (int at = compact.indexOf('.'); at >= 0 && parts <= JWE_PARTS; at = compact.indexOf('.', at + 1)) {
            parts++;
        }
        return parts;
    }

    /**
     * The header of a JWE, whose parts are looked at as those of a SET are.
     *
     * @throws Refusal if they are not in order
     */
    static Map<String, Object> encryptionHeader(String compact) {
        if (compact.length() > MAX_LENGTH) {
            throw tooLong();
        }
        List<String> parts = List.of(compact.split("\\.", -1));
        byte[] header = decode(parts.get(0), "encryption header");
        // Where the key is agreed upon directly, none is sent.
        if (!parts.get(1).isEmpty()) {
            decode(parts.get(1), "encrypted key");
        }
        decode(parts.get(2), "initialization vector");
        decode(parts.get(3), "ciphertext");
        decode(parts.get(4), "authentication tag");
        return StrictJson.object(header, "encryption header");
    }

    private static Refusal tooLong() {
        return Refusal.request("The SET is longer than " + MAX_LENGTH + " bytes");
    }

    /** One spelling for one value: padding, white space and stray bits at the end would make many SETs out of one. */
    private static byte[] decode(String part, String name) {
        if (part.isEmpty()) {
            throw Refusal.request("The " + name + " is empty");
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the refusal: what the decoder objects to is a quotation of the token.
        }
        throw Refusal.request("The " + name + " is not base64url without padding");
    }
}
