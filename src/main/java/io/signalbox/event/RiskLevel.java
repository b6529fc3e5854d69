package io.signalbox.event;

/**
 * How likely the transmitter thinks it that the principal is compromised. Subjective: compare levels of one issuer only.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.8">CAEP 1.0, section 3.8</a>
 */
public enum RiskLevel implements WireWord {
    LOW("LOW"),
    MEDIUM("MEDIUM"),
    HIGH("HIGH");

    private final String word;

    RiskLevel(String word) {
        this.word = word;
    }

    /** As spelt on the wire; compared case-sensitively. */
    @Override
    public String word() {
        return word;
    }
}
