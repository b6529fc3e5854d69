package io.signalbox.store;

import java.time.Instant;

/**
 * The right to do something alone, for a while.
 *
 * @param name what is done
 * @param owner who does it: one process, not its successor in the same place
 * @param fence grows each time that another owner takes it; what was written with a smaller one is out of date
 * @param expiresAt when others may take it, unless it is renewed before
 */
public record Lease(String name, String owner, long fence, Instant expiresAt) {}
