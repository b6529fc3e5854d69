package io.signalbox.action;

import java.time.Instant;

/**
 * How one target stands.
 *
 * @param name its name in the configuration
 * @param kind its connector
 * @param breaker {@code closed}: it is called; {@code open}: it is left alone for a while; {@code half-open}: one
 *     attempt finds out whether it answers again
 * @param since when the breaker came into this state, or the process was started
 */
public record TargetStanding(String name, String kind, String breaker, Instant since) {}
