package io.signalbox.event;

/**
 * Whether an assurance level rose or fell.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.4">CAEP 1.0, section 3.4</a>
 */
public enum ChangeDirection implements WireWord {
    INCREASE("increase"),
    DECREASE("decrease");

    private final String word;

    ChangeDirection(String word) {
        this.word = word;
    }

    /** As spelt on the wire; compared case-sensitively. */
    @Override
    public String word() {
        return word;
    }
}
