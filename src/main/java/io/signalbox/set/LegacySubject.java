package io.signalbox.set;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that subjects had before RFC 9493: {@code subject_type} in place of {@code format}, other names of formats
 * and members. Read into today's; never written.
 */
final class LegacySubject {

    private static final Map<String, String> FORMATS = Map.of(
            "iss-sub", "iss_sub",
            "id_token_claims", "iss_sub",
            "id-token-claims", "iss_sub",
            "phone", "phone_number",
            "phone-number", "phone_number",
            "jwt-id", "jwt_id",
            "saml-assertion-id", "saml_assertion_id",
            "oauth-token", "oauth_token",
            "oauth-client", "oauth_client");

    private static final String ALGORITHM = "token_identifier_alg";

    private LegacySubject() {}

    /** See {@link SubjectIdentifier#withoutSecret}. */
    static Map<String, Object> withoutSecret(Map<String, Object> json) {
        if (!"plain".equals(json.get(ALGORITHM)) || !(json.get("token") instanceof String token)) {
            return json;
        }
        Map<String, Object> digested = new TreeMap<>(json);
        digested.put(ALGORITHM, "hash_SHA256");
        digested.put("token", digest(token));
        return digested;
    }

    private static String digest(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** The name of its format today; null if it has none under either name. Takes it out of the members. */
    static @Nullable String format(Map<String, Object> members) {
        Object format = members.remove("format");
        if (format == null) {
            format = members.remove("subject_type");
        }
        return format instanceof String name && !name.isEmpty() ? FORMATS.getOrDefault(name, name) : null;
    }

    /** The members under today's names. */
    static Map<String, Object> members(String format, Map<String, Object> members) {
        if (format.equals("phone_number") && !members.containsKey("phone_number") && members.containsKey("phone")) {
            Map<String, Object> renamed = new TreeMap<>(members);
            Object number = renamed.remove("phone");
            if (number != null) {
                renamed.put("phone_number", number);
            }
            return renamed;
        }
        return members;
    }
}
