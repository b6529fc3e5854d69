package io.signalbox.queue;

import io.signalbox.Step;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.wire.Wire;
import java.util.Map;

/** Writes an accepted SET into the durable queue's message, and reads it back on the other side of the cut. */
@Step("signalQueue")
public final class SignalQueue {

    private final Room room;

    SignalQueue(Room room) {
        this.room = room;
    }

    /**
     * @param headers of the message to be sent; all signals of one subject get one group, which one consumer at a time
     *     works on in order (invariant I-4)
     * @throws QueueFullException if too much waits already
     */
    public String seal(Verdict.Accepted accepted, Map<String, Object> headers) {
        String full = room.full();
        if (full != null) {
            throw new QueueFullException(full);
        }
        headers.put("JMSXGroupID", accepted.set().orderingKey());
        return Wire.write(accepted.set());
    }

    public VerifiedSet open(String message) {
        return Wire.read(message, VerifiedSet.class);
    }
}
