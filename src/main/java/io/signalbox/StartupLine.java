package io.signalbox;

/**
 * A line that a package contributes, as a bean, to the report at the end of the start-up. Never a secret itself, only
 * where it lies.
 *
 * @param label what it is about, such as {@code ledger}
 * @param text what an operator wants to know of it
 */
public record StartupLine(String label, String text) {}
