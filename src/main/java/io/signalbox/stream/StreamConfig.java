package io.signalbox.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.StartupFact;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.KeptStreams;
import io.signalbox.store.Ledger;
import io.signalbox.store.SourceBook;
import io.signalbox.stream.ManagedStreams.Managed;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Keeps an eye on the streams that we keep at their transmitters. */
@Configuration(proxyBeanMethods = false)
class StreamConfig {

    /** Seconds between two looks; a look that finds nothing to do costs nothing. */
    private static final int PACE = 5;

    @Bean
    ManagedStreams managedStreams(StreamProperties properties, Environment environment, GuardedHttp http, Clock clock) {
        return ManagedStreams.of(properties, environment::getProperty, http, clock);
    }

    @Bean
    KeptStreams keptStreams(ManagedStreams streams, GuardedHttp http) {
        return new PolledStreams(streams, http);
    }

    @Bean
    @Order(4)
    StartupFact streamsFact(ManagedStreams streams) {
        return StartupFact.of(
                "streams",
                () -> streams.all().isEmpty()
                        ? "none is kept at its transmitter by us"
                        : "kept at their transmitters: "
                                + String.join(
                                        ", ",
                                        streams.all().stream()
                                                .map(stream -> stream.wanted().source())
                                                .toList()));
    }

    /** Begins once SETs can be taken; a verification that came before would be refused. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> streamVerifications(
            ManagedStreams streams,
            GuardedHttp http,
            ObjectProvider<Ledger> ledger,
            ObjectProvider<SourceBook> book,
            Clock clock,
            MeterRegistry meters,
            VerificationThreads threads) {
        return ready -> {
            for (Managed stream : streams.all()) {
                if (!stream.verifyEvery().isZero()) {
                    threads.every(
                            PACE,
                            new StreamVerifications(
                                    stream,
                                    streams.othersThan(stream),
                                    http,
                                    ledger.getObject(),
                                    book.getObject(),
                                    clock,
                                    meters)::round);
                }
            }
        };
    }

    @Bean(destroyMethod = "close")
    VerificationThreads verificationThreads(ManagedStreams streams) {
        return new VerificationThreads(streams.all());
    }

    /** As many as there are streams, up to a few: one transmitter that hangs must not hold up the others. */
    static final class VerificationThreads implements AutoCloseable {

        private static final int MOST = 8;

        private final AtomicInteger number = new AtomicInteger();
        private final ScheduledExecutorService threads;

        VerificationThreads(List<Managed> streams) {
            threads = Executors.newScheduledThreadPool(Math.min(streams.size(), MOST), task -> {
                Thread thread = new Thread(task, "stream-verification-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        }

        void every(int seconds, Runnable round) {
            var unused = threads.scheduleWithFixedDelay(round, seconds, seconds, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
