package io.signalbox.policy;

import java.time.Instant;

/**
 * A policy in shadow.
 *
 * @param since when it was put there
 * @param by who did it
 */
public record ShadowRun(String versionId, Instant since, String by) {}
