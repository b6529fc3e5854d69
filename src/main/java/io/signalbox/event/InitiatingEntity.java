package io.signalbox.event;

/**
 * Who caused an event.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-2">CAEP 1.0, section 2</a>
 */
public enum InitiatingEntity implements WireWord {
    ADMIN("admin"),
    USER("user"),
    POLICY("policy"),
    SYSTEM("system");

    private final String word;

    InitiatingEntity(String word) {
        this.word = word;
    }

    /** As spelt on the wire; compared case-sensitively. */
    @Override
    public String word() {
        return word;
    }
}
