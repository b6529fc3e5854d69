package io.signalbox.set;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which door a SET came in, and whose SETs are taken there. A door of one source is bound to its transmitter; at the
 * open one everybody is taken who is trusted, but those who have a door that asks them who they are: a SET that was
 * caught on its way must not get in by the side.
 *
 * @param source whose door it is; absent at the open one
 * @param issuer the only one whose SETs are taken; absent at the open door
 * @param audience what {@code aud} must hold besides what trust asks for; absent if nothing
 * @param elsewhere issuers whose SETs are taken at their own doors alone
 * @param logout whether logout tokens of OIDC are taken here, and no SETs
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-6.1.1">SSF 1.0, section
 *     6.1.1</a>
 */
public record Entrance(
        @Nullable String source,
        @Nullable String issuer,
        @Nullable String audience,
        Set<String> elsewhere,
        boolean logout) {

    /** Nobody is sent elsewhere, and nothing is asked for. */
    public static final Entrance ANY = open(Set.of());

    /** The door for everybody who is trusted, but for these issuers. */
    public static Entrance open(Set<String> elsewhere) {
        return new Entrance(null, null, null, elsewhere, false);
    }

    /** The door of one source. */
    public static Entrance of(String source, String issuer, @Nullable String audience) {
        return new Entrance(source, issuer, audience, Set.of(), false);
    }

    /** The door for the logout tokens of one source. */
    public static Entrance ofLogout(String source, String issuer, @Nullable String audience) {
        return new Entrance(source, issuer, audience, Set.of(), true);
    }

    /** Why a SET of this issuer is not taken here; empty if it is. */
    public Optional<Verdict.Refused> refusal(String iss) {
        if (issuer != null && !issuer.equals(iss)) {
            return Optional.of(new Verdict.Refused(
                    SetError.INVALID_ISSUER, "The issuer is not the one whose SETs are taken here"));
        }
        return elsewhere.contains(iss)
                ? Optional.of(new Verdict.Refused(
                        SetError.ACCESS_DENIED, "SETs of this issuer are taken at its own endpoint alone"))
                : Optional.empty();
    }

    /** Why a SET is not meant for this door; empty if it is. */
    public Optional<Verdict.Refused> refusal(VerifiedSet set) {
        return audience == null || set.aud().contains(audience)
                ? Optional.empty()
                : Optional.of(new Verdict.Refused(
                        SetError.INVALID_AUDIENCE, "The claim aud does not name the receiver that is meant here"));
    }
}
