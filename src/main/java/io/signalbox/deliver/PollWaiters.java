package io.signalbox.deliver;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.Outbox;
import io.signalbox.store.QueuedSet;
import io.signalbox.transmit.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/** Hands out what waits on a stream, at once or once there is something (T-112, T-114). */
final class PollWaiters implements ApplicationListener<ContextClosedEvent>, AutoCloseable {

    private final Outbox outbox;
    private final SignedSets signed;
    private final Duration redelivery;
    private final Clock clock;
    private final Map<String, Waiter> waiting = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** A signature takes a while, and a thousand may wait for theirs. */
    private final ExecutorService hands =
            Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), task -> {
                Thread thread = new Thread(task, "hand-out");
                thread.setDaemon(true);
                return thread;
            });

    /** Two polls of one stream at once must not both be handed the same. */
    private final Object[] turns = new Object[64];

    PollWaiters(Outbox outbox, SignedSets signed, Duration redelivery, Clock clock) {
        this.outbox = outbox;
        this.signed = signed;
        this.redelivery = redelivery;
        this.clock = clock;
        for (int i = 0; i < turns.length; i++) {
            turns[i] = new Object();
        }
    }

    private record Waiter(OutboundStream stream, int most, DeferredResult<ResponseEntity<String>> answer) {}

    /**
     * SETs that may go out now; each is hidden for a while, so that it is not handed out twice while it is looked at.
     *
     * @param most how many at most
     */
    Handed hand(OutboundStream stream, int most) {
        synchronized (turns[Math.floorMod(stream.id().hashCode(), turns.length)]) {
            List<QueuedSet> found = outbox.next(stream.id(), clock.instant(), most + 1);
            Map<String, String> sets = new LinkedHashMap<>();
            Map<Long, String> compacts = new LinkedHashMap<>();
            for (QueuedSet set : found.subList(0, Math.min(most, found.size()))) {
                String compact = signed.compact(set, stream);
                sets.put(set.set().jti(), compact);
                compacts.put(set.seq(), compact);
            }
            if (!compacts.isEmpty()) {
                outbox.handedOut(compacts, clock.instant().plus(redelivery));
            }
            return new Handed(sets, found.size() > most);
        }
    }

    /** What a poll is answered with. */
    record Handed(Map<String, String> sets, boolean more) {

        static final Handed NOTHING = new Handed(Map.of(), false);

        ResponseEntity<String> answer() {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("sets", sets);
            body.put("moreAvailable", more);
            return Json.answer(HttpStatus.OK, body);
        }
    }

    /**
     * Waits until there is something. Of two who wait on one stream the newer does: the older one is told that there is
     * nothing, as it most likely has gone.
     */
    DeferredResult<ResponseEntity<String>> await(OutboundStream stream, int most, Duration patience) {
        DeferredResult<ResponseEntity<String>> answer = new DeferredResult<>(patience.toMillis());
        if (closing) {
            boolean ignored = answer.setResult(Handed.NOTHING.answer());
            return answer;
        }
        Waiter waiter = new Waiter(stream, most, answer);
        answer.onTimeout(() -> {
            boolean ignored = waiting.remove(stream.id(), waiter);
            boolean told = answer.setResult(Handed.NOTHING.answer());
        });
        answer.onCompletion(() -> {
            boolean ignored = waiting.remove(stream.id(), waiter);
        });
        Waiter older = waiting.put(stream.id(), waiter);
        if (older != null) {
            boolean ignored = older.answer().setResult(Handed.NOTHING.answer());
        }
        // What was written before we waited has told nobody.
        serve(List.of(stream.id()));
        return answer;
    }

    /** Looks whether there is something for somebody who waits. */
    void serve() {
        if (!waiting.isEmpty()) {
            serve(List.copyOf(waiting.keySet()));
        }
    }

    private void serve(List<String> streams) {
        for (String ready : outbox.ready(streams, clock.instant())) {
            Waiter waiter = waiting.remove(ready);
            if (waiter != null && !waiter.answer().isSetOrExpired()) {
                hands.execute(() -> hand(waiter));
            }
        }
    }

    private void hand(Waiter waiter) {
        try {
            boolean ignored = waiter.answer()
                    .setResult(hand(waiter.stream(), waiter.most()).answer());
        } catch (RuntimeException e) {
            boolean ignored = waiter.answer().setErrorResult(e);
        }
    }

    /** Who waits would keep the web server from ending. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        closing = true;
        release();
    }

    @Override
    public void close() {
        hands.shutdown();
        release();
    }

    private void release() {
        for (String id : List.copyOf(waiting.keySet())) {
            Waiter waiter = waiting.remove(id);
            if (waiter != null) {
                boolean ignored = waiter.answer().setResult(Handed.NOTHING.answer());
            }
        }
    }
}
