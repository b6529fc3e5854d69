package io.signalbox.event;

/**
 * What happened to a credential.
 *
 * @see <a href="https://openid.net/specs/openid-caep-1_0-final.html#section-3.3">CAEP 1.0, section 3.3</a>
 */
public enum ChangeType implements WireWord {
    CREATE("create"),
    REVOKE("revoke"),
    UPDATE("update"),
    DELETE("delete");

    private final String word;

    ChangeType(String word) {
        this.word = word;
    }

    /** As spelt on the wire; compared case-sensitively. */
    @Override
    public String word() {
        return word;
    }
}
