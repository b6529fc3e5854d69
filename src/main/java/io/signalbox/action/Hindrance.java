package io.signalbox.action;

import java.util.Arrays;
import java.util.Optional;

/** Why the guard lets an action not go. The word begins the sentence that is kept with the action. */
public enum Hindrance {
    /** Its issuer is listened to and not obeyed. */
    ADVISORY("advisory"),
    /** Its rule is in shadow. */
    SHADOW("shadow"),
    /** Its target is in dry run. */
    DRY_RUN("dry-run"),
    /** Its subject may not be touched. */
    PROTECTED("protected"),
    /** Its signal tells of what we did ourselves. */
    ECHO("echo"),
    /** Its signal has been round too often. */
    HOPS("hops"),
    /** It is in force already. */
    DUPLICATE("duplicate"),
    /** Somebody has to agree to it, whatever else. */
    APPROVAL("approval"),
    /** Too many like it went lately. */
    BUDGET("budget"),
    /** Nothing goes while the stop switch is thrown. */
    STOP("stop");

    private final String word;

    Hindrance(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** The one with this word; empty if there is none. */
    public static Optional<Hindrance> ofWord(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }
}
