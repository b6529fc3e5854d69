package io.signalbox.store.jdbc;

/** Part of a batch may not go, or not yet. Nothing of the batch was taken away. */
final class PruningRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean claimLost;

    PruningRefusedException(String why) {
        this(why, false);
    }

    private PruningRefusedException(String why, boolean claimLost) {
        super(why);
        this.claimLost = claimLost;
    }

    static PruningRefusedException claimLost() {
        return new PruningRefusedException("another node prunes now", true);
    }

    /** Whether no other batch will fare better. */
    boolean isClaimLost() {
        return claimLost;
    }
}
