package io.signalbox.verify;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the SETs of an issuer may look like. Older texts and large providers leave out what the final one asks for; each
 * is forgiven that, and nothing else, and only where the operator says that the issuer speaks so. Whatever is
 * checked of a key, a signature, an issuer, an audience or a time is checked of all of them.
 */
enum Dialect {
    /** SSF 1.0 as published. */
    FINAL(true, false, false),
    /** The implementer's draft of 2021: SETs without a type, subjects with the members' older names. */
    SSE_ID1(false, true, false),
    /** Google's Cross-Account Protection: the same, from the RISC of 2018. */
    GOOGLE_RISC(false, true, false),
    /**
     * Apple's notifications of accounts: no type, {@code events} a text that holds JSON, the account in {@code sub},
     * there or at the top.
     */
    APPLE(false, true, true);

    private static final String TYPE = "secevent+jwt";

    /** What an Apple event calls itself, which becomes part of a URI. */
    private static final Pattern EVENT_NAME = Pattern.compile("[a-z0-9-]{1,64}");

    /** Older name of a format to its present one (subjects.md, section 5); others are the same or unknown. */
    private static final Map<String, String> FORMATS = Map.of(
            "iss-sub", "iss_sub",
            "id_token_claims", "iss_sub",
            "id-token-claims", "iss_sub",
            "phone", "phone_number",
            "phone-number", "phone_number",
            "jwt-id", "jwt_id",
            "saml-assertion-id", "saml_assertion_id");

    private final boolean typed;
    private final boolean olderSubjects;
    private final boolean subjectInSub;

    Dialect(boolean typed, boolean olderSubjects, boolean subjectInSub) {
        this.typed = typed;
        this.olderSubjects = olderSubjects;
        this.subjectInSub = subjectInSub;
    }

    /** Whether a SET may say of itself that it is of this type; absent is {@code ""} (J-12, J-22). */
    boolean takesType(String typ) {
        String lower = typ.toLowerCase(Locale.ROOT);
        return lower.equals(TYPE)
                || lower.equals("application/" + TYPE)
                || !typed && Set.of("", "jwt", "application/jwt").contains(lower);
    }

    /** Whether the claim {@code sub} names the account. */
    boolean takesSub() {
        return subjectInSub;
    }

    /**
     * The claims in the shape that the rest of the examination knows.
     *
     * @param issuer as {@code iss} has it
     * @throws Refusal if they contradict themselves
     */
    Map<String, Object> claims(Map<String, Object> claims, String issuer) {
        if (!subjectInSub) {
            return claims;
        }
        Map<String, Object> plain = new LinkedHashMap<>(claims);
        Object sub = plain.remove("sub");
        if (plain.get("events") instanceof String text) {
            Map<String, Object> event =
                    StrictJson.object(text.getBytes(StandardCharsets.UTF_8), "text in the claim events");
            if (event.get("type") instanceof String type) {
                if (!EVENT_NAME.matcher(type).matches()) {
                    throw Refusal.request("The event's type is no name of lower-case letters, digits and hyphens");
                }
                plain.put("events", Map.of(issuer + "/event-type/" + type, event));
                Object told = event.get("sub");
                if (told != null && sub != null && !told.equals(sub)) {
                    throw Refusal.request("The claim sub and the event name two accounts");
                }
                sub = told != null ? told : sub;
                if (!plain.containsKey("toe") && event.get("event_time") instanceof Number time) {
                    plain.put("toe", seconds(time));
                }
            } else {
                plain.put("events", event);
            }
        }
        if (sub != null && !(sub instanceof String)) {
            throw Refusal.request("The claim sub is no string");
        }
        if (sub != null) {
            Map<String, Object> subject = Map.of("format", "iss_sub", "iss", issuer, "sub", sub);
            if (!plain.getOrDefault("sub_id", subject).equals(subject)) {
                throw Refusal.request("The claims sub and sub_id name two accounts");
            }
            plain.put("sub_id", subject);
        }
        return plain;
    }

    /** S-22: what is too large to be seconds is milliseconds. */
    private static Object seconds(Number time) {
        return time.doubleValue() > 1e11 ? time.longValue() / 1000 : time;
    }

    /** A subject object with the names that RFC 9493 gave to formats and members. */
    Map<String, Object> subject(Map<String, Object> json) {
        if (!olderSubjects || json.containsKey("format")) {
            return json;
        }
        Map<String, Object> present = new LinkedHashMap<>(json);
        if (!(present.remove("subject_type") instanceof String type)) {
            json.forEach((name, value) -> present.put(name, value instanceof Map<?, ?> part ? part(part) : value));
            return present;
        }
        present.put("format", FORMATS.getOrDefault(type, type));
        if (type.startsWith("id") && type.endsWith("claims")) {
            // An address beside them is a hint, and would make another subject of the same account.
            present.keySet().retainAll(Set.of("format", "iss", "sub"));
        }
        if (present.containsKey("phone")) {
            Object number = present.remove("phone");
            present.putIfAbsent("phone_number", number);
        }
        return present;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> part(Map<?, ?> part) {
        return subject((Map<String, Object>) part);
    }
}
