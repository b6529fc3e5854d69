package io.signalbox.policy;

import java.time.Instant;

/**
 * A policy that passed its checks and is kept for good.
 *
 * @param id digest of its rules and cases; the same files have the same id wherever they lie
 * @param publishedAt when it was first kept
 * @param author who published it first; {@code rules folder} if it was found there
 * @param note why; may be empty
 * @param check what its checks found
 */
public record PolicyVersion(String id, Instant publishedAt, String author, String note, PassedCheck check) {}
