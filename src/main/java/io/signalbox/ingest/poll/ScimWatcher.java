package io.signalbox.ingest.poll;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Door;
import io.signalbox.event.KnownEvent;
import io.signalbox.event.ScimChange;
import io.signalbox.event.ScimMapping;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceReports;
import io.signalbox.ingest.SourceReports.SourceState;
import io.signalbox.set.Attestation;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.store.Lease;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.ScimImages;
import io.signalbox.store.ScimImages.Image;
import io.signalbox.store.ScimImages.Progress;
import io.signalbox.store.SourceRecord.Poll;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a SCIM server that tells nothing by itself: asks for users that were modified, compares each with what is
 * remembered of it, and tells what the difference means. From time to time all users are listed, which shows who is not
 * there any more, and what a server without a filter has.
 *
 * <p>What is told is kept before it is remembered. A node that is killed in between sees the same difference again, tells
 * it by the same name, and the ledger knows it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2">RFC 7644, section 3.4.2</a>
 */
final class ScimWatcher implements Attended {

    private static final Logger LOG = LoggerFactory.getLogger(ScimWatcher.class);

    private static final Duration SHUT_FIRST = Duration.ofSeconds(1);
    private static final Duration SHUT_LONGEST = Duration.ofSeconds(15);

    /** Of users that may be gone, so many are asked after at a time. */
    private static final int UNSEEN = 100;

    private final Source source;
    private final Polling polling;
    private final ScimListing listing;
    private final ScimImages images;
    private final SourceLease lease;
    private final Tools tools;
    private final BackOff failures;
    private final BackOff shut;

    private boolean filters = true;
    private @Nullable SourceState state;
    private @Nullable String fault;
    private Instant since = Instant.EPOCH;
    private @Nullable Instant polledAt;
    private volatile boolean waiting;
    private volatile boolean ended;

    /**
     * What a watcher works with.
     *
     * @param node this node's name, for operators
     * @param attest makes a SET of what was seen
     * @param intake keeps it
     * @param random from 0 to 1
     */
    record Tools(
            String node,
            Function<Attestation, Verdict> attest,
            Intake intake,
            Door door,
            SourceReports reports,
            Clock clock,
            MeterRegistry meters,
            DoubleSupplier random) {}

    /** Something that ends a turn before its time. */
    private static final class TurnEnded extends Exception {

        private static final long serialVersionUID = 1;

        private final transient SourceState state;

        TurnEnded(SourceState state, String why) {
            super(why);
            this.state = state;
        }
    }

    ScimWatcher(
            Source source, Polling polling, ScimListing listing, ScimImages images, SourceLease lease, Tools tools) {
        this.source = source;
        this.polling = polling;
        this.listing = listing;
        this.images = images;
        this.lease = lease;
        this.tools = tools;
        this.failures = new BackOff(polling.backOff(), polling.longestBackOff(), tools.random());
        this.shut = new BackOff(SHUT_FIRST, SHUT_LONGEST, tools.random());
    }

    @Override
    public Duration turn() {
        String why = tools.door().shut();
        if (why != null) {
            lease.held().ifPresent(held -> note(held, SourceState.SHUT, "No signals are taken: " + why));
            lease.release();
            return shut.pause(null);
        }
        Lease held;
        try {
            Optional<Lease> claimed = lease.claim();
            if (claimed.isEmpty()) {
                state = null;
                return lease.patience();
            }
            held = claimed.get();
        } catch (LedgerUnavailableException e) {
            LOG.debug("The lease of the source {} cannot be asked for", source.name(), e);
            return shut.pause(null);
        }
        try {
            look();
            failures.reset();
            shut.reset();
            note(held, SourceState.UP, null);
            return polling.interval();
        } catch (TurnEnded e) {
            if (ended) {
                return Duration.ZERO;
            }
            note(held, e.state, String.valueOf(e.getMessage()));
            return e.state == SourceState.SHUT ? shut.pause(null) : failures.pause(null);
        } catch (LedgerUnavailableException e) {
            LOG.debug("What was seen at the source {} cannot be compared", source.name(), e);
            return shut.pause(null);
        }
    }

    private void look() throws TurnEnded {
        Progress progress = images.progress(source.name()).orElse(null);
        Instant now = tools.clock().instant();
        boolean all = progress == null
                || progress.modified() == null
                || !filters
                || !now.isBefore(progress.listedAt().plus(polling.fullInterval()));
        if (progress != null && !all) {
            Seen seen = pages(progress.modified(), progress.listing());
            if (seen != null) {
                String modified = later(progress.modified(), seen.modified());
                if (!Objects.equals(modified, progress.modified())) {
                    images.note(source.name(), new Progress(modified, progress.listing(), progress.listedAt()));
                }
                return;
            }
            LOG.info(
                    "The source {} cannot select users by the time of their modification; all are listed",
                    source.name());
            filters = false;
        }
        long number = progress == null ? 1 : progress.listing() + 1;
        Seen seen = Objects.requireNonNull(pages(null, number));
        if (seen.isComplete() && progress != null) {
            tellOfTheMissing(number);
        }
        String modified = later(progress == null ? null : progress.modified(), seen.modified());
        if (seen.isComplete()) {
            images.note(source.name(), new Progress(modified, number, now));
        }
    }

    /**
     * What came of a listing.
     *
     * @param modified the latest time of modification in it; absent if the server tells none
     */
    private record Seen(@Nullable String modified, boolean isComplete) {}

    /** @return absent if the server cannot select */
    private @Nullable Seen pages(@Nullable String since, long number) throws TurnEnded {
        String modified = null;
        Set<String> ids = new HashSet<>();
        while (true) {
            if (ended || lease.held().isEmpty()) {
                throw new TurnEnded(SourceState.UP, "Another node has taken over");
            }
            ScimListing.Answer answer = ask(() -> listing.users(since, ids.size() + 1L));
            if (answer instanceof ScimListing.Answer.NoFilter) {
                return null;
            }
            if (!(answer instanceof ScimListing.Answer.Users page)) {
                throw new TurnEnded(
                        SourceState.FAULTY,
                        answer instanceof ScimListing.Answer.Failed failed
                                ? failed.why()
                                : "The SCIM server has no endpoint /Users at this address");
            }
            polledAt = tools.clock().instant();
            compare(page.users(), number);
            int before = ids.size();
            for (Map<String, Object> user : page.users()) {
                ids.add(id(user));
                modified = later(modified, modified(user));
            }
            // A page with nobody new, of a server that does not count as it should, would have us ask for ever.
            if (ids.size() >= page.total() || ids.size() == before) {
                return new Seen(modified, ids.size() >= page.total());
            }
        }
    }

    private interface Question {
        ScimListing.Answer ask();
    }

    private ScimListing.Answer ask(Question question) {
        waiting = true;
        ScimListing.Answer answer = question.ask();
        waiting = false;
        boolean well = answer instanceof ScimListing.Answer.Users || answer instanceof ScimListing.Answer.Gone;
        tools.meters()
                .counter("signalbox.source.polls", "source", source.name(), "outcome", well ? "answered" : "failed")
                .increment();
        return answer;
    }

    /** Of users that are not known yet nothing is told: that somebody is there is no change. */
    private void compare(List<Map<String, Object>> users, long number) throws TurnEnded {
        Map<String, Image> known =
                images.find(source.name(), users.stream().map(ScimWatcher::id).toList());
        List<Image> kept = new ArrayList<>();
        try {
            for (Map<String, Object> user : users) {
                String id = id(user);
                Map<String, String> digests = ScimImage.digests(source.name(), id, user);
                Image before = known.get(id);
                List<String> changed = before == null ? List.of() : ScimImage.changed(before, digests);
                long version = before == null ? 0 : before.version();
                if (before != null && !changed.isEmpty()) {
                    tell(user, before, changed);
                    version++;
                } else if (before != null
                        && before.listing() >= number
                        && Objects.equals(before.modified(), modified(user))) {
                    continue;
                }
                kept.add(new Image(id, version, modified(user), number, digests));
            }
        } finally {
            // Those before one that could not be kept were told, and are remembered.
            images.keep(source.name(), kept);
        }
    }

    private void tell(Map<String, Object> user, Image before, List<String> changed) throws TurnEnded {
        String modified = modified(user);
        for (KnownEvent event : ScimMapping.fromScim(ScimChange.seen(changed, user))) {
            String name = ScimImage.digest(
                    source.name(),
                    before.id(),
                    event.uri(),
                    String.valueOf(before.version()),
                    String.valueOf(modified),
                    // Of two identifiers that changed at once each is told.
                    event.toJson().toString());
            tell(before.id(), name, event, time(modified));
        }
    }

    private void tellOfTheMissing(long number) throws TurnEnded {
        String after = "";
        while (true) {
            List<Image> missing = images.unseen(source.name(), number, after, UNSEEN);
            for (Image image : missing) {
                after = image.id();
                // Users move between pages while we read them, so each is asked after.
                ScimListing.Answer answer = ask(() -> listing.user(image.id()));
                if (answer instanceof ScimListing.Answer.Gone) {
                    String name = ScimImage.digest(
                            source.name(),
                            image.id(),
                            "deleted",
                            String.valueOf(image.version()),
                            String.valueOf(image.modified()));
                    tell(image.id(), name, ScimMapping.deleted(), tools.clock().instant());
                    images.forget(source.name(), image.id());
                } else if (answer instanceof ScimListing.Answer.Failed failed) {
                    throw new TurnEnded(SourceState.FAULTY, failed.why());
                }
            }
            if (missing.size() < UNSEEN) {
                return;
            }
        }
    }

    private void tell(String id, String name, KnownEvent event, Instant at) throws TurnEnded {
        Verdict verdict = tools.attest()
                .apply(new Attestation(
                        source.transmitter(),
                        source.audience(),
                        "scim-" + name,
                        at,
                        null,
                        new SubjectIdentifier("scim", Map.of("uri", "/Users/" + id)),
                        Map.of(event.uri(), event.toJson()),
                        tools.clock().instant()));
        if (verdict instanceof Verdict.Accepted accepted) {
            try {
                tools.intake().keep(accepted);
            } catch (RuntimeException e) {
                LOG.warn("A change at the source {} could not be kept and will be seen again", source.name(), e);
                throw new TurnEnded(SourceState.SHUT, "What was seen could not be kept here; the log says why");
            }
        }
        // What the issuer may not say is refused each time that it is said; it is counted, and passed over.
        tools.reports().note(source.name(), verdict);
    }

    /** The server's word, unless it is none or lies in the future. */
    private Instant time(@Nullable String modified) {
        Instant now = tools.clock().instant();
        Instant told = instant(modified);
        return told == null || told.isAfter(now) ? now : told;
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable String later(@Nullable String one, @Nullable String other) {
        Instant first = instant(one);
        Instant second = instant(other);
        if (second == null) {
            return first == null ? null : one;
        }
        return first != null && first.isAfter(second) ? one : other;
    }

    private static String id(Map<String, Object> user) {
        return String.valueOf(user.get("id"));
    }

    private static @Nullable String modified(Map<String, Object> user) {
        return user.get("meta") instanceof Map<?, ?> meta && meta.get("lastModified") instanceof String text
                ? text
                : null;
    }

    private void note(Lease held, SourceState now, @Nullable String why) {
        boolean other = state != now;
        if (other || why != null && !why.equals(fault)) {
            if (why != null) {
                LOG.warn("The source {} is {}: {}", source.name(), now.word(), why);
            } else if (state != null) {
                LOG.info("The source {} is {} again", source.name(), now.word());
            }
        }
        if (other) {
            since = tools.clock().instant();
        }
        state = now;
        fault = why;
        tools.reports().polled(source.name(), new Poll(tools.node(), held.fence(), now.word(), since, why, polledAt));
    }

    /** Nothing: the server asked for nothing. */
    @Override
    public void say() {}

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public SourceLease lease() {
        return lease;
    }

    @Override
    public String name() {
        return source.name();
    }
}
