package io.signalbox.ingest;

import io.signalbox.Door;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceReports.SourceState;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SourceStanding;
import io.signalbox.store.Lease;
import io.signalbox.store.Leases;
import io.signalbox.store.SourceBook;
import io.signalbox.store.SourceRecord;
import io.signalbox.store.SourceRecord.Poll;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts together what is configured, what all nodes have written down, and what the time says about both. */
@Component
final class SourceStandings implements SourceBoard {

    /** Until a node has taken up what another left, or has started. */
    private static final Duration TAKEOVER = Duration.ofMinutes(1);

    private final ConfiguredSources sources;
    private final KeptStreams kept;
    private final SourceBook book;
    private final Leases leases;
    private final Door door;
    private final Clock clock;
    private final Instant startedAt;

    SourceStandings(
            ConfiguredSources sources, KeptStreams kept, SourceBook book, Leases leases, Door door, Clock clock) {
        this.sources = sources;
        this.kept = kept;
        this.book = book;
        this.leases = leases;
        this.door = door;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /**
     * How each source stands now.
     *
     * @throws io.signalbox.store.LedgerUnavailableException if the ledger cannot be read
     */
    @Override
    public List<SourceStanding> standings() {
        List<Source> all = sources.all();
        if (all.isEmpty()) {
            return List.of();
        }
        Map<String, SourceRecord> records =
                book.all().stream().collect(Collectors.toMap(SourceRecord::name, Function.identity()));
        return all.stream()
                .map(source -> standing(source, records.get(source.name())))
                .toList();
    }

    /** A state, since when, and what is wrong. */
    private record State(
            SourceState state,
            @Nullable Instant since,
            @Nullable String fault) {}

    private SourceStanding standing(Source source, @Nullable SourceRecord record) {
        Poll poll = record == null || source.polling() == null ? null : record.poll();
        Instant takenAt = record == null ? null : record.takenAt();
        State state = source.polling() == null ? pushed(takenAt) : polled(source, poll);
        // What was written down of a stream that we keep no more says nothing any more.
        SourceRecord.Stream stream = record == null || !kept.keeps(source.name()) ? null : record.stream();
        if (state.state().up() && stream != null && stream.fault() != null) {
            // A door that is open and a poll that is answered are worth nothing if the stream brings nothing.
            state = new State(SourceState.FAULTY, stream.checkedAt(), stream.fault());
        }
        if (state.state().up()) {
            state = silence(source, takenAt).orElse(state);
        }
        Map<String, SourceStanding.Refusals> refusals = new TreeMap<>();
        if (record != null) {
            record.refusals()
                    .forEach((code, found) ->
                            refusals.put(code, new SourceStanding.Refusals(found.count(), found.lastAt())));
        }
        return new SourceStanding(
                source.name(),
                source.delivery().word(),
                source.transmitter(),
                source.mustBeUp(),
                state.state().word(),
                state.state().up(),
                state.since(),
                state.fault(),
                record == null ? 0 : record.taken(),
                takenAt,
                record == null ? null : record.lag(),
                refusals,
                poll == null ? null : poll.polledAt(),
                poll == null ? null : poll.node(),
                stream == null ? null : told(stream));
    }

    private static SourceStanding.Stream told(SourceRecord.Stream stream) {
        return new SourceStanding.Stream(
                stream.id(),
                stream.status(),
                stream.checkedAt(),
                stream.fault(),
                stream.verifiedAt(),
                stream.roundTrip());
    }

    /** What strangers send to its door says nothing about the transmitter, so refusals do not make it faulty. */
    private State pushed(@Nullable Instant takenAt) {
        String shut = door.shut();
        if (shut != null) {
            return new State(SourceState.SHUT, null, "No SETs are taken: " + shut);
        }
        return takenAt == null
                ? new State(SourceState.WAITING, startedAt, null)
                : new State(SourceState.UP, null, null);
    }

    private State polled(Source source, @Nullable Poll poll) {
        Instant now = clock.instant();
        Optional<Instant> until =
                leases.find(ConfiguredSources.lease(source.name())).map(Lease::expiresAt);
        Instant attended =
                until.filter(at -> at.isAfter(startedAt)).orElse(startedAt).plus(TAKEOVER);
        // A node that takes nothing leaves the source to those that do; if nobody took it up, its word stands.
        boolean shut = poll != null && poll.state().equals(SourceState.SHUT.word());
        if (now.isAfter(attended) && !shut) {
            String ours = door.shut();
            if (ours != null) {
                return new State(SourceState.SHUT, null, "No SETs are taken: " + ours);
            }
            return new State(SourceState.UNATTENDED, until.orElse(startedAt), "No node polls it");
        }
        return poll == null
                ? new State(SourceState.WAITING, startedAt, null)
                : new State(SourceState.ofWord(poll.state()), poll.since(), poll.fault());
    }

    private Optional<State> silence(Source source, @Nullable Instant takenAt) {
        if (source.maxSilence() == null) {
            return Optional.empty();
        }
        Instant heard = takenAt == null || takenAt.isBefore(startedAt) ? startedAt : takenAt;
        Instant normalUntil = heard.plus(source.maxSilence());
        return clock.instant().isAfter(normalUntil)
                ? Optional.of(new State(
                        SourceState.SILENT,
                        normalUntil,
                        "No SET came since " + (takenAt == null ? "the start of this node, at " + startedAt : takenAt)))
                : Optional.empty();
    }
}
