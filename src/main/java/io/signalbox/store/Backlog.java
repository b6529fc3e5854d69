package io.signalbox.store;

import java.time.Instant;

/**
 * What lies before one target in one state.
 *
 * @param target its name; it need not be configured any more
 * @param state waiting, retrying or dead
 * @param actions how many
 * @param since when the one that changed first came into this state, or was last tried in it
 */
public record Backlog(String target, ActionState state, long actions, Instant since) {}
