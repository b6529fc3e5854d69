package io.signalbox.demo;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** What the demo target was told, the last hundred calls. */
@Component
@Profile(DemoSecrets.PROFILE)
final class DemoCalls {

    private static final int KEPT = 100;

    private final Deque<Call> calls = new ArrayDeque<>();
    private final Clock clock;

    DemoCalls(Clock clock) {
        this.clock = clock;
    }

    /**
     * One call.
     *
     * @param at when it came in
     * @param target which of the three demo targets
     * @param what the request, shortened
     * @param proof how the target knew that it was us
     */
    record Call(Instant at, String target, String what, String proof) {}

    synchronized void add(String target, String what, String proof) {
        calls.addLast(new Call(clock.instant(), target, what, proof));
        if (calls.size() > KEPT) {
            calls.removeFirst();
        }
    }

    synchronized List<Call> all() {
        return List.copyOf(calls);
    }
}
