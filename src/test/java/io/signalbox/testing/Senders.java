package io.signalbox.testing;

import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.wire.Wire;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Several senders at once that push unique SETs all the time the gateway is there and, like transmitters, send one again,
 * unchanged, until it got its 202. They keep their own book of what they were promised. One in four of those whose answer
 * was lost is given up: its sender will never know whether it arrived. One in five tells the same by a webhook, unsigned.
 */
public final class Senders implements AutoCloseable {

    private static final int USERS = 40;
    private static final int ONE_IN = 4;
    private static final int HOOK_IN = 5;

    /** Who tells by webhook, and where it shows that it does. */
    public static final String HOOK_ISSUER = "https://hooks.acme.example";

    /** The source whose webhooks these are. */
    public static final String HOOK_SOURCE = "hooks";

    public static final String HOOK_AUTHORIZATION = "Bearer what-the-vendor-shows";
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final FakeTransmitter transmitter;
    private final Instant start = Instant.now();
    private final Duration pace;
    private final ExecutorService threads;
    private final Set<String> promised = ConcurrentHashMap.newKeySet();
    private final Set<String> givenUp = ConcurrentHashMap.newKeySet();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sentAgain = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Gateway gateway;
    private int made;
    private boolean last;

    /** @param pace how long each of them rests after a SET, on average; what one life of a gateway takes in depends on it */
    public Senders(FakeTransmitter transmitter, int count, Duration pace) {
        this.transmitter = transmitter;
        this.pace = pace;
        this.threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            threads.execute(this::run);
        }
    }

    /** From now on the gateway is there. */
    public void reach(Gateway next) {
        change(() -> gateway = next);
    }

    /** No more are made; waits until every one that was has been promised or given up. */
    public boolean finish(Duration patience) throws InterruptedException {
        change(() -> last = true);
        threads.shutdown();
        return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The jti of each SET that got its 202, or 204 as a webhook. */
    public Set<String> promised() {
        return promised;
    }

    /** The jti of each SET whose answer was lost and that was not sent again. */
    public Set<String> givenUp() {
        return givenUp;
    }

    /** How often a SET was sent again. */
    public int sentAgain() {
        return sentAgain.get();
    }

    /** Answers that no good SET may get. */
    public Queue<String> wrong() {
        return wrong;
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (int number = next(); number > 0; number = next()) {
                send(number);
                // Not in step with one another, so that whenever the process dies some of them are under way.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2 * pace.toNanos()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** 0 when there is no more to do. */
    private int next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (last) {
                return 0;
            }
            made++;
            return made;
        } finally {
            lock.unlock();
        }
    }

    private Gateway otherThan(@Nullable Gateway gone) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (gateway == null || gateway == gone) {
                changed.await();
            }
            return gateway;
        } finally {
            lock.unlock();
        }
    }

    private void send(int number) throws InterruptedException {
        String jti = "crash-" + number;
        Map<String, Object> user = Map.of("format", "email", "email", "user" + number % USERS + "@acme.example");
        String set = transmitter
                // All of one moment: none is older than another, in whatever order they come in.
                .set(start)
                .with("jti", jti)
                .with("sub_id", user)
                .signedBy(transmitter.p256(), JWSAlgorithm.ES256)
                .compact();
        Gateway gone = null;
        for (boolean again = false; ; again = true) {
            Gateway there = otherThan(gone);
            if (again) {
                sentAgain.incrementAndGet();
            }
            try {
                boolean hook = number % HOOK_IN == 0;
                int status = hook ? hook(there, jti, user) : there.push(set).statusCode();
                if (status == (hook ? 204 : 202)) {
                    promised.add(jti);
                    return;
                }
                if (status != 503) {
                    wrong.add(jti + " was answered " + status);
                    return;
                }
                LockSupport.parkNanos(PAUSE);
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof ConnectException) && number % ONE_IN == 0) {
                    givenUp.add(jti);
                    return;
                }
                gone = there;
            }
        }
    }

    private int hook(Gateway there, String id, Map<String, Object> user) {
        return there.hook(
                HOOK_SOURCE,
                HOOK_AUTHORIZATION,
                Wire.write(Map.of(
                        "event",
                        "caep/risk-level-change",
                        "id",
                        id,
                        "at",
                        start.getEpochSecond(),
                        "user",
                        user,
                        "claims",
                        Map.of(
                                "principal", "USER",
                                "previous_level", "LOW",
                                "current_level", "HIGH",
                                "risk_reason", "PASSWORD_FOUND_IN_DATA_BREACH"))));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
