package io.signalbox.event;

/**
 * Whether a device obeys the rules of who manages it.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.5">CAEP 1.0, section 3.5</a>
 */
public enum ComplianceStatus implements WireWord {
    COMPLIANT("compliant"),
    NOT_COMPLIANT("not-compliant");

    private final String word;

    ComplianceStatus(String word) {
        this.word = word;
    }

    /** As spelt on the wire; compared case-sensitively. */
    @Override
    public String word() {
        return word;
    }
}
