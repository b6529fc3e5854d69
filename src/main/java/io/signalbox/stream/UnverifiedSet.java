package io.signalbox.stream;

import io.signalbox.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a SET says, for people to look at and for checks that come after its verification. Believed in nothing.
 *
 * @param header the JOSE header
 * @param claims the claim set
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#section-3.1">RFC 7515, section 3.1</a>
 */
public record UnverifiedSet(Map<String, Object> header, Map<String, Object> claims) {

    private static final int PARTS = 3;

    /**
     * Takes it apart.
     *
     * @throws IllegalArgumentException saying which part is none; quotes nothing
     */
    public static UnverifiedSet parse(String compact) {
        List<String> parts = List.of(compact.split("\\.", -1));
        if (parts.size() == 5) {
            throw new IllegalArgumentException("it is encrypted (five parts); only its receiver can read it");
        }
        if (parts.size() != PARTS) {
            throw new IllegalArgumentException("it is no token in compact form: three parts, joined by full stops");
        }
        return new UnverifiedSet(object(parts.get(0), "header"), object(parts.get(1), "claim set"));
    }

    private static Map<String, Object> object(String part, String name) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its " + name + " is not base64url", e);
        }
        try {
            return Wire.readObject(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its " + name + " is no JSON object", e);
        }
    }

    /** A claim that is a string. */
    public Optional<String> text(String claim) {
        return Optional.ofNullable(claims.get(claim) instanceof String value ? value : null);
    }

    /** Whom it says it is meant for; empty if it does not say. */
    public List<String> audience() {
        Object aud = claims.get("aud");
        if (aud instanceof Collection<?> many) {
            return many.stream()
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .toList();
        }
        return aud instanceof String one ? List.of(one) : List.of();
    }

    /** Token content belongs in no log. */
    @Override
    public String toString() {
        return "UnverifiedSet";
    }
}
