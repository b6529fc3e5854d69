package io.signalbox.action;

/** What the guard says of one action. Whatever it says is recorded with the action and proven with it. */
public sealed interface Ruling {

    /** It is sent to its target. */
    record Goes() implements Ruling {}

    /**
     * It waits until somebody has agreed to it.
     *
     * @param reason a sentence for operators; holds no subject
     */
    record Held(Hindrance cause, String reason) implements Ruling {}

    /**
     * It would have gone, and does not.
     *
     * @param reason a sentence for operators; holds no subject
     */
    record Suppressed(Hindrance cause, String reason) implements Ruling {}

    Ruling GOES = new Goes();
}
