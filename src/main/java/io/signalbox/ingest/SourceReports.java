package io.signalbox.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.set.Verdict;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.store.SourceRecord.Refusals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the SETs of each source, on its way to the book that all nodes keep together. It is written every few
 * seconds, however many come; what a node had not written when it was killed is missing from the counts, and from nothing
 * else.
 */
@Step("sourceReports")
public class SourceReports implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SourceReports.class);

    private final SourceBook book;
    private final Clock clock;
    private final MeterRegistry meters;
    private Map<String, SourceRecord> news = new HashMap<>();

    SourceReports(SourceBook book, Clock clock, MeterRegistry meters) {
        this.book = book;
        this.clock = clock;
        this.meters = meters;
    }

    /** In which state a source is. */
    public enum SourceState {
        /** Nothing came yet, and nothing is wrong. */
        WAITING(true),
        /** SETs come, or would. */
        UP(true),
        /** Its transmitter asks us to come less often. */
        THROTTLED(true),
        /** The last poll failed, or its stream does not bring what is sent on it. */
        FAULTY(false),
        /** We take nothing now: our fault, not the source's. */
        SHUT(false),
        /** No node polls it. */
        UNATTENDED(false),
        /** Nothing came for longer than is normal. */
        SILENT(false);

        private final boolean up;

        SourceState(boolean up) {
            this.up = up;
        }

        /** Whether nothing has to be done about it. */
        public boolean up() {
            return up;
        }

        /** The word in the API and in the ledger. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What a node of another version says in a word that is not known here is taken for the worst. */
        static SourceState ofWord(String word) {
            return Arrays.stream(values())
                    .filter(state -> state.word().equals(word))
                    .findFirst()
                    .orElse(FAULTY);
        }
    }

    /**
     * A SET came, and this became of it: to be called for an accepted one only after it was kept.
     *
     * @param source by whose door; absent for the one for all, which is no source
     */
    public void note(@Nullable String source, Object verdict) {
        if (source == null) {
            return;
        }
        Instant now = clock.instant();
        if (verdict instanceof Verdict.Accepted accepted) {
            count(source, "accepted", "none");
            Duration lag = Duration.between(accepted.set().iat(), accepted.set().receivedAt());
            add(new SourceRecord(source, 1, now, lag.isNegative() ? Duration.ZERO : lag, Map.of(), null));
        } else if (verdict instanceof Verdict.Refused refused) {
            String code = refused.error().code();
            count(source, "refused", code);
            add(new SourceRecord(source, 0, null, null, Map.of(code, new Refusals(1, now)), null));
        } else {
            count(source, "undecided", "none");
        }
    }

    /** How the polls of a source go, by the word of the node that has the lease. */
    public void polled(String source, Poll poll) {
        add(new SourceRecord(source, 0, null, null, Map.of(), poll));
    }

    private void count(String source, String verdict, String code) {
        meters.counter("signalbox.source.sets", "source", source, "verdict", verdict, "code", code)
                .increment();
    }

    private synchronized void add(SourceRecord record) {
        news.merge(record.name(), record, SourceReports::sum);
    }

    /** Writes what is new into the book; if that is away, it is written with the next. */
    public void write() {
        Map<String, SourceRecord> written;
        synchronized (this) {
            if (news.isEmpty()) {
                return;
            }
            written = news;
            news = new HashMap<>();
        }
        try {
            book.add(written);
        } catch (LedgerUnavailableException e) {
            LOG.debug("How the sources stand could not be written, and will be later", e);
            synchronized (this) {
                // What was noted meanwhile is the later.
                news.forEach((name, later) -> written.merge(name, later, SourceReports::sum));
                news = written;
            }
        }
    }

    private static SourceRecord sum(SourceRecord earlier, SourceRecord later) {
        Map<String, Refusals> refusals = new HashMap<>(earlier.refusals());
        later.refusals()
                .forEach((code, more) -> refusals.merge(
                        code, more, (one, other) -> new Refusals(one.count() + other.count(), other.lastAt())));
        return new SourceRecord(
                earlier.name(),
                earlier.taken() + later.taken(),
                later.takenAt() == null ? earlier.takenAt() : later.takenAt(),
                later.takenAt() == null ? earlier.lag() : later.lag(),
                refusals,
                later.poll() == null ? earlier.poll() : later.poll());
    }

    /** Writes what is left. */
    @Override
    public void close() {
        write();
    }
}
