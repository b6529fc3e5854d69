package io.signalbox.act.resolve;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Step;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.UnmatchedBook;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends again by itself what matched nobody, once somebody is found: at once after a table has changed or the process was
 * started (with another configuration, maybe), and otherwise after pauses that grow.
 */
@Step("unmatchedActions")
public class UnmatchedActions {

    private static final Logger LOG = LoggerFactory.getLogger(UnmatchedActions.class);
    private static final int AT_ONCE = 200;

    private final ResolveIdentity identities;
    private final UnmatchedBook book;
    private final ResolveProperties.Resolve pauses;
    private final Clock clock;
    /** Absent until the ledger was asked, and while it is away. */
    private volatile @Nullable Map<String, Long> backlog;

    private boolean started;

    UnmatchedActions(
            ResolveIdentity identities,
            UnmatchedBook book,
            ResolveProperties properties,
            Clock clock,
            MeterRegistry meters) {
        this.identities = identities;
        this.book = book;
        this.pauses = properties.resolve();
        this.clock = clock;
        for (String target : identities.mapped()) {
            Gauge.builder("signalbox.actions.unmatched", this, actions -> actions.waiting(target))
                    .description("actions of this target that matched nobody and wait for a mapping")
                    .tag("target", target)
                    .register(meters);
        }
    }

    /** One round. */
    public void lookAgain() {
        backlog = null;
        List<String> changed = identities.changed();
        Map<String, Long> unmatched = book.unmatched();
        for (String target : unmatched.keySet()) {
            if (identities.knows(target)) {
                if (!started || changed.contains(target)) {
                    book.hurry(target, clock.instant());
                }
                lookAgain(target);
            }
        }
        started = true;
        backlog = unmatched;
    }

    private void lookAgain(String target) {
        int again = 0;
        for (ActionRecord record :
                book.due(target, clock.instant(), pauses.lookAgain(), pauses.longestLookAgain(), AT_ONCE)) {
            Boolean found = identities.found(record.action(), target);
            if (found == null) {
                // The next would only wait as long.
                break;
            }
            if (found && record.action().subject() != null) {
                Instant now = clock.instant();
                again += book.replay(target, record.action().subject().key(), AT_ONCE, now)
                        .count();
            }
        }
        if (again > 0) {
            LOG.info(
                    "{} actions at {} that had matched nobody are sent again: their subjects are found now",
                    again,
                    target);
        }
    }

    private double waiting(String target) {
        Map<String, Long> known = backlog;
        return known == null ? Double.NaN : known.getOrDefault(target, 0L).doubleValue();
    }
}
