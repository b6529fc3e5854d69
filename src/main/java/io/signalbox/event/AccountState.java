package io.signalbox.event;

/** How an account stands by its provider's word, whichever family of events told it. */
public enum AccountState implements WireWord {
    /** It may be used. */
    ENABLED("enabled"),
    /** It may not be used until it is enabled again. */
    DISABLED("disabled"),
    /** It is gone. */
    PURGED("purged");

    static final String ASPECT = "account";

    private final String word;

    AccountState(String word) {
        this.word = word;
    }

    /** As kept with the posture. */
    @Override
    public String word() {
        return word;
    }

    Aspect aspect() {
        return new Aspect(ASPECT, word);
    }
}
