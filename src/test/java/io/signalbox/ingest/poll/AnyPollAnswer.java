package io.signalbox.ingest.poll;

/** Any bytes as the answer to a poll. */
public final class AnyPollAnswer {

    private AnyPollAnswer() {}

    /** @throws AssertionError if they are read as something that has no meaning */
    public static void read(byte[] body) {
        PollAnswer answer = PollClient.sets(body);
        if (!(answer instanceof PollAnswer.Sets) && !(answer instanceof PollAnswer.Failed)) {
            throw new AssertionError("read as " + answer);
        }
    }
}
