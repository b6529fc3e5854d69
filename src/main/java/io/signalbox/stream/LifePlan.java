package io.signalbox.stream;

import io.signalbox.set.SubjectIdentifier;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which life a stream is to be taken through.
 *
 * @param issuer of the transmitter
 * @param wellKnown under which name it publishes its metadata
 * @param delivery push or poll
 * @param events URIs of the types that are asked for; at least one
 * @param steps in their order, from {@link LifeStep#CREATE} on
 * @param streamId a stream that is there already; then it is not made. Absent if it is to be made
 * @param description for people at the transmitter
 * @param subject for the steps about subjects; absent if there are none
 * @param expected how many SETs besides the stream's own the step {@link LifeStep#RECEIVE} waits for
 * @param longPoll whether a poll may wait at the transmitter until there is something
 * @param patience how long is waited for anything that comes of its own accord
 */
public record LifePlan(
        String issuer,
        WellKnown wellKnown,
        DeliveryMethod delivery,
        List<String> events,
        List<LifeStep> steps,
        @Nullable String streamId,
        String description,
        @Nullable SubjectIdentifier subject,
        int expected,
        boolean longPoll,
        Duration patience) {

    public LifePlan {
        events = List.copyOf(events);
        steps = List.copyOf(steps);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("at least one event type must be asked for (R-42)");
        }
        if (steps.contains(LifeStep.CREATE) != (streamId == null) || steps.lastIndexOf(LifeStep.CREATE) > 0) {
            throw new IllegalArgumentException(
                    "a life begins with create, once, or goes on with a stream that is there already");
        }
        if (steps.contains(LifeStep.DELETE) && steps.indexOf(LifeStep.DELETE) != steps.size() - 1) {
            throw new IllegalArgumentException("nothing comes after delete");
        }
        if (subject == null && (steps.contains(LifeStep.ADD_SUBJECT) || steps.contains(LifeStep.REMOVE_SUBJECT))) {
            throw new IllegalArgumentException("add-subject and remove-subject need a subject");
        }
        if (steps.contains(LifeStep.RECEIVE) && expected < 1) {
            throw new IllegalArgumentException("receive waits for at least one SET");
        }
    }
}
