package io.signalbox.act.resolve;

import java.util.Set;

/** Where some of those who are protected at a target are named. */
interface Roll {

    /** In the words of the configuration; names nobody, but a group. */
    String name();

    /**
     * Reads it, all of it.
     *
     * @return whom they are at the target
     * @throws UnreadableException if it cannot be read, or not to its end
     */
    Set<String> read() throws UnreadableException;

    /** The message is for operators; it names nobody. */
    final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String words) {
            super(words);
        }
    }
}
