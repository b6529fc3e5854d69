package io.signalbox.queue;

/** Too much waits already: the SET is not taken, and stays its sender's. */
final class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QueueFullException(String why) {
        super(why, null, false, false);
    }
}
