package io.signalbox.store;

/**
 * What a {@link Redrive} came to.
 *
 * @param count actions put back
 * @param more whether the selection names more than were put back
 */
public record Redriven(int count, boolean more) {}
