package io.signalbox.set;

/**
 * Why a SET was refused: the codes a transmitter is answered with. All of them are the sender's fault; what is ours is
 * {@link Verdict.Undecided}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2.4">RFC 8935, section 2.4</a>
 */
public enum SetError {
    /** The body is no SET, or an event in it does not fit the definition of its type. */
    INVALID_REQUEST("invalid_request"),
    /** A key is unknown, unfit, or the signature does not verify with it. */
    INVALID_KEY("invalid_key"),
    /** The issuer is not one we trust. */
    INVALID_ISSUER("invalid_issuer"),
    /** The SET is meant for somebody else. */
    INVALID_AUDIENCE("invalid_audience"),
    /** The transmitter did not prove who it is. */
    AUTHENTICATION_FAILED("authentication_failed"),
    /** The transmitter may not send this SET here. */
    ACCESS_DENIED("access_denied"),
    /** A verification event carries a state that we did not ask for (SSF 1.0, section 8.1.4.1). */
    INVALID_STATE("invalid_state");

    private final String code;

    SetError(String code) {
        this.code = code;
    }

    /** The registered, case-sensitive word on the wire. */
    public String code() {
        return code;
    }
}
