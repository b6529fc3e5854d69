/**
 * What is remembered: signals, decisions, actions, attempts. {@link io.signalbox.store.Ledger} is the one way in; SQL
 * lives in {@code store.jdbc} alone.
 */
@NullMarked
package io.signalbox.store;

import org.jspecify.annotations.NullMarked;
