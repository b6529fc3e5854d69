package io.signalbox.stream;

import io.signalbox.set.SetError;
import java.util.Map;

/** Which rule a refused SET has broken, as far as its code tells. */
public final class SetRules {

    private static final Map<SetError, String> RULES = Map.of(
            SetError.INVALID_REQUEST, "RFC 8417, section 2.2; SSF 4.1",
            SetError.INVALID_KEY, "S-10",
            SetError.INVALID_ISSUER, "J-14",
            SetError.INVALID_AUDIENCE, "J-11",
            SetError.AUTHENTICATION_FAILED, "R-12",
            SetError.ACCESS_DENIED, "R-16",
            SetError.INVALID_STATE, "R-52");

    private SetRules() {}

    /** Never empty. */
    public static String rule(SetError error) {
        return RULES.getOrDefault(error, "R-16");
    }
}
