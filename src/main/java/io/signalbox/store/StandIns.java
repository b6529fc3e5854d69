package io.signalbox.store;

/** Pseudonyms for texts that name somebody, by a key that is not in the ledger. */
@FunctionalInterface
public interface StandIns {

    /** The same for the same text, as long as the key is. Nobody can go from it to the text without the key. */
    String of(String text);
}
