package io.signalbox.api;

import java.util.Locale;

/** What somebody may do. */
enum Role {
    /** Reads. */
    VIEWER,
    /** Reads, and decides what becomes of actions. */
    OPERATOR,
    /** Reads, and decides which policy is in force. */
    POLICY_ADMIN,
    /** May do everything. */
    ADMIN;

    /** As it is configured and shown. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
