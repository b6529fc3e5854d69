package io.signalbox.policy;

import java.util.Map;

/**
 * Where policy is published and changed. Whatever may have been asked of several nodes at once, one activation follows
 * the other, and every node comes to the last of them.
 */
public interface PolicyBoard {

    PolicyStatus status();

    /**
     * Checks a policy (compiles it, lints it, runs its cases) and keeps it if it passes. It decides nothing yet.
     *
     * @param files path below the rules folder, with {@code /}, to text
     * @param author the authenticated name of who asks
     */
    Publication publish(Map<String, String> files, String author, String note);

    /** Makes a version that is kept decide. It is compiled before anything changes. */
    Swap activate(String versionId, String by, String note);

    /** Goes back to the version before; asked again, to the one before that. */
    Swap rollBack(String by, String note);
}
