package io.signalbox.testing;

import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Refusals;
import io.signalbox.store.SourceRecord.Stream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The book of sources, for tests of those who write and read it; it can be made to fail. */
public final class InMemorySourceBook implements SourceBook {

    private final Map<String, SourceRecord> records = new TreeMap<>();
    private boolean away;

    /** Whether the ledger answers. */
    public synchronized void away(boolean now) {
        away = now;
    }

    public synchronized SourceRecord get(String source) {
        return Objects.requireNonNull(records.get(source));
    }

    @Override
    public synchronized void add(Map<String, SourceRecord> news) {
        maybeFail();
        news.forEach((name, record) -> records.merge(name, record, InMemorySourceBook::sum));
    }

    private static SourceRecord sum(SourceRecord before, SourceRecord more) {
        Map<String, Refusals> refusals = new HashMap<>(before.refusals());
        more.refusals()
                .forEach((code, added) -> refusals.merge(
                        code, added, (one, other) -> new Refusals(one.count() + other.count(), other.lastAt())));
        return new SourceRecord(
                before.name(),
                before.taken() + more.taken(),
                more.takenAt() == null ? before.takenAt() : more.takenAt(),
                more.takenAt() == null ? before.lag() : more.lag(),
                refusals,
                more.poll() == null ? before.poll() : more.poll(),
                sum(before.stream(), more.stream()));
    }

    private static @Nullable Stream sum(@Nullable Stream before, @Nullable Stream more) {
        return before == null || more == null || more.verifiedAt() != null
                ? more == null ? before : more
                : new Stream(
                        more.id(),
                        more.status(),
                        more.checkedAt(),
                        more.fault(),
                        before.verifiedAt(),
                        before.roundTrip());
    }

    @Override
    public synchronized List<SourceRecord> all() {
        maybeFail();
        return List.copyOf(records.values());
    }

    private void maybeFail() {
        if (away) {
            throw new LedgerUnavailableException("made to fail", new IllegalStateException());
        }
    }
}
