package io.signalbox;

import java.util.function.Supplier;

/**
 * One line of what is said at the end of the start. Each package says its own, so that the report need not know them.
 *
 * @param label one word, the line's head
 * @param text asked once everything runs; names no secret
 * @param missing whether the line says that something must still be configured
 */
public record StartupFact(String label, Supplier<String> text, boolean missing) {

    public static StartupFact of(String label, Supplier<String> text) {
        return new StartupFact(label, text, false);
    }

    public static StartupFact missing(String label, String text) {
        return new StartupFact(label, () -> text, true);
    }
}
