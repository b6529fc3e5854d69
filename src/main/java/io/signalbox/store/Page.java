package io.signalbox.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of a list.
 *
 * @param items in the list's order
 * @param next hand this in to get the page after; absent on the last page
 */
public record Page<T>(List<T> items, @Nullable String next) {}
