package io.signalbox.ingest.poll;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Door;
import io.signalbox.NodeName;
import io.signalbox.http.GuardedHttp;
import io.signalbox.ingest.ConfiguredSources;
import io.signalbox.ingest.ConfiguredSources.Delivery;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceReports;
import io.signalbox.set.Attestation;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.Verdict;
import io.signalbox.store.Leases;
import io.signalbox.store.ScimImages;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * A thread for each source that is polled or watched: a poll waits for minutes, and one that waits must hold up no other. Started by
 * the configuration when the routes are there, and stopped before them.
 */
@Component
final class Pollers implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Pollers.class);

    /** SETs that are kept at a time, of all sources: as many as share a sync of the disk well. */
    private static final int KEEPERS = 16;

    /** After what should not have happened. */
    private static final Duration SURPRISED = Duration.ofSeconds(15);

    /** Turns that are not waiting for a transmitter end within this. */
    private static final Duration LAST_TURN = Duration.ofSeconds(4);

    private final ConfiguredSources sources;
    private final KeptStreams kept;
    private final GuardedHttp http;
    private final Leases leases;
    private final ScimImages images;
    private final Door door;
    private final SourceReports reports;
    private final PollProperties properties;
    private final NodeName node;
    private final Clock clock;
    private final MeterRegistry meters;

    private final List<Attended> pollers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ThreadPoolExecutor keepers = new ThreadPoolExecutor(
            KEEPERS, KEEPERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> daemon(work, "poll-keeper"));
    private final ScheduledExecutorService renewals =
            Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "poll-leases"));
    private volatile boolean running;

    Pollers(
            ConfiguredSources sources,
            KeptStreams kept,
            GuardedHttp http,
            Leases leases,
            ScimImages images,
            Door door,
            SourceReports reports,
            PollProperties properties,
            NodeName node,
            Clock clock,
            MeterRegistry meters) {
        this.sources = sources;
        this.kept = kept;
        this.http = http;
        this.leases = leases;
        this.images = images;
        this.door = door;
        this.reports = reports;
        this.properties = properties;
        this.node = node;
        this.clock = clock;
        this.meters = meters;
        this.keepers.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to poll and to watch: what is fetched, or seen, goes this way. */
    void start(Intake intake, Function<Attestation, Verdict> attest) {
        // Of this process: one that was killed and started again is another, and waits for the lease of the first.
        String owner = node.text() + "/" + UUID.randomUUID();
        SourcePoller.Tools tools = new SourcePoller.Tools(
                node.text(), intake, door, reports, keepers, clock, meters, () -> ThreadLocalRandom.current()
                        .nextDouble());
        for (Source source : sources.all()) {
            Polling polling = source.polling();
            if (polling != null && source.delivery() == Delivery.POLL) {
                pollers.add(new SourcePoller(
                        source,
                        polling,
                        new PollClient(source.name(), polling, kept, http, clock),
                        new SourceLease(leases, source.name(), owner, properties.lease(), clock),
                        tools));
            }
        }
        ScimWatcher.Tools watching = new ScimWatcher.Tools(
                node.text(), attest, intake, door, reports, clock, meters, () -> ThreadLocalRandom.current()
                        .nextDouble());
        for (Source source : sources.all()) {
            Polling polling = source.polling();
            if (polling != null && source.delivery() == Delivery.SCIM_WATCH) {
                pollers.add(new ScimWatcher(
                        source,
                        polling,
                        new ScimListing(polling, http),
                        images,
                        new SourceLease(leases, source.name(), owner, properties.lease(), clock),
                        watching));
            }
        }
        running = true;
        if (pollers.isEmpty()) {
            return;
        }
        long third = properties.lease().toMillis() / 3;
        ScheduledFuture<?> ignored = renewals.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
        for (Attended poller : pollers) {
            Thread thread = daemon(() -> run(poller), "poll-" + poller.name());
            threads.add(thread);
            thread.start();
        }
    }

    private void run(Attended poller) {
        try {
            Duration pause = Duration.ZERO;
            while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = turn(poller);
            }
            poller.say();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread that ended would leave its source unattended while this node keeps the lease. */
    private Duration turn(Attended poller) {
        try {
            return poller.turn();
        } catch (RuntimeException e) {
            if (!running) {
                LOG.debug("The last turn of the source {} failed", poller.name(), e);
            } else {
                LOG.error("The source {} could not be polled because of a fault of ours", poller.name(), e);
            }
            return SURPRISED;
        }
    }

    private void renew() {
        for (Attended poller : pollers) {
            try {
                poller.lease().renew();
            } catch (RuntimeException e) {
                // The next one must still be renewed, and so must this one, the next time.
                LOG.error("The lease of the source {} could not be renewed", poller.name(), e);
            }
        }
    }

    @Override
    public boolean isAutoStartup() {
        return false;
    }

    @Override
    public void start() {
        // Nothing: there is no way into the flow before the routes are there.
    }

    /** Who waits for a transmitter is not waited for: what it may still be given is not acknowledged, and comes again. */
    @Override
    public void stop() {
        running = false;
        pollers.forEach(Attended::end);
        stopping.countDown();
        renewals.shutdownNow();
        long until = System.nanoTime() + LAST_TURN.toNanos();
        try {
            for (int i = 0; i < threads.size(); i++) {
                while (threads.get(i).isAlive() && !pollers.get(i).isWaiting() && System.nanoTime() < until) {
                    threads.get(i).join(20);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pollers.forEach(poller -> poller.lease().release());
        keepers.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the routes, which SETs that were fetched have still to go through. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 50;
    }
}
