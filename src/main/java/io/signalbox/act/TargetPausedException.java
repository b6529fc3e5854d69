package io.signalbox.act;

/**
 * The target is left alone for a while. The message of an action stays where it is, in the hand of its consumer or in
 * the target's queue, and is asked about again; the route's error handling knows it by this name.
 */
final class TargetPausedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TargetPausedException(String target) {
        super("The target " + target + " is left alone for a while", null, false, false);
    }
}
