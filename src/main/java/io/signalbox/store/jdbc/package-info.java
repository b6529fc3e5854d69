/**
 * The ledger in SQL. What the stages record comes in through {@link io.signalbox.store.Ledger}, committed rows in
 * SQLite or PostgreSQL come out; no other package knows a table.
 */
@NullMarked
package io.signalbox.store.jdbc;

import org.jspecify.annotations.NullMarked;
