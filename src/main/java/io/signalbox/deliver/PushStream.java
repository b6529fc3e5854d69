package io.signalbox.deliver;

import io.signalbox.deliver.DeliverProperties.Push;
import io.signalbox.deliver.DeliveryMeters.Outcome;
import io.signalbox.deliver.PushAnswer.Delivered;
import io.signalbox.deliver.PushAnswer.Kind;
import io.signalbox.deliver.PushAnswer.NotYet;
import io.signalbox.deliver.PushAnswer.Refused;
import io.signalbox.http.GuardedHttp;
import io.signalbox.store.OutboundSet.Urgency;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.OutboundStream.Status;
import io.signalbox.store.Outbox;
import io.signalbox.store.Outbox.Receipt;
import io.signalbox.store.QueuedSet;
import io.signalbox.transmit.Seal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes what waits on one stream, one SET after the other, in order. A SET that its receiver refuses is parked and the next
 * one goes out; a receiver that gives no answer is left alone for a while.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
final class PushStream {

    private static final Logger LOG = LoggerFactory.getLogger(PushStream.class);

    /** What one turn takes; others have theirs before the next. */
    private static final int PAGE = 50;

    /** Written together: a crash in between sends so many again, under the same jti. */
    private static final int RECEIPTS = 10;

    private static final int MAX_ANSWER = 64 * 1024;

    /** So often a key may be unknown to a receiver, whose copy of ours is old (T-103). */
    private static final int KEY_ATTEMPTS = 4;

    /** So often somebody may be turned away before the stream is paused. */
    private static final int IDENTITY_ATTEMPTS = 5;

    private static final int ADDRESS_ATTEMPTS = 8;
    private static final int ANNOUNCEMENT_ATTEMPTS = 5;

    /** From then on a SET to which a receiver fails is passed over: maybe it fails because of it. */
    private static final int SUSPECT = 3;

    private static final Duration SLOWLY = Duration.ofMinutes(1);

    private final GuardedHttp http;
    private final Outbox outbox;
    private final SignedSets signed;
    private final Seal seal;
    private final Pauses pauses;
    private final DeliverProperties properties;
    private final DeliveryMeters meters;
    private final Clock clock;

    PushStream(
            GuardedHttp http,
            Outbox outbox,
            SignedSets signed,
            Seal seal,
            Pauses pauses,
            DeliverProperties properties,
            DeliveryMeters meters,
            Clock clock) {
        this.meters = meters;
        this.http = http;
        this.outbox = outbox;
        this.signed = signed;
        this.seal = seal;
        this.pauses = pauses;
        this.properties = properties;
        this.clock = clock;
    }

    /** @param mayGoOn asked before each SET: false once the stream was changed, or we are to end */
    void push(OutboundStream stream, BooleanSupplier mayGoOn) {
        List<Receipt> receipts = new ArrayList<>();
        int failures = stream.pace().failures();
        int refusals = stream.pace().refusals();
        boolean passing = false;
        if (!signed.isForSomebody(stream)) {
            return;
        }
        try {
            for (QueuedSet set : outbox.next(stream.id(), clock.instant(), PAGE)) {
                if (!mayGoOn.getAsBoolean()) {
                    return;
                }
                String compact = signed.compact(set, stream);
                PushAnswer answer = attempt(stream, compact);
                meters.count(stream, outcome(answer), 1);
                if (answer instanceof Delivered) {
                    receipts.add(new Receipt(set.set().jti(), compact, null, null));
                    failures = 0;
                    refusals = 0;
                } else if (answer instanceof Refused refused) {
                    receipts.add(new Receipt(set.set().jti(), compact, refused.code(), refused.cause()));
                    refusals++;
                    if (refusals >= properties.refusalsUntilPause() && stream.status() == Status.ENABLED) {
                        settle(stream, receipts);
                        pauses.pause(
                                stream,
                                "The receiver refused " + refusals + " SETs in a row, the last with " + refused.code());
                        return;
                    }
                } else {
                    NotYet notYet = (NotYet) answer;
                    // Before the failure is written: to settle says that the receiver is there.
                    settle(stream, receipts);
                    if (isHopeless(set, notYet)) {
                        receipts.add(new Receipt(set.set().jti(), compact, notYet.code(), notYet.cause()));
                        continue;
                    }
                    failures++;
                    boolean passedOver = !passing && notYet.kind() == Kind.BUSY && set.attempts() + 1 >= SUSPECT;
                    outbox.failed(set, compact, notYet.code(), notYet.cause(), restUntil(failures, notYet), passedOver);
                    if (isFor(notYet.kind(), failures) && stream.status() == Status.ENABLED) {
                        pauses.pause(stream, notYet.cause() + " (" + notYet.code() + ")");
                        return;
                    }
                    if (!passedOver) {
                        return;
                    }
                    passing = true;
                }
                if (receipts.size() >= RECEIPTS) {
                    settle(stream, receipts);
                }
            }
        } finally {
            settle(stream, receipts);
        }
    }

    private static Outcome outcome(PushAnswer answer) {
        if (answer instanceof Delivered) {
            return Outcome.DELIVERED;
        }
        return answer instanceof Refused ? Outcome.REFUSED : Outcome.UNANSWERED;
    }

    private void settle(OutboundStream stream, List<Receipt> receipts) {
        if (!receipts.isEmpty()) {
            outbox.settle(stream.id(), receipts, clock.instant());
            receipts.clear();
        }
    }

    /** A fault of ours on this stream is no reason to try it twice a second for ever. */
    private PushAnswer attempt(OutboundStream stream, String compact) {
        try {
            return send(stream, compact);
        } catch (IllegalStateException | IllegalArgumentException e) {
            LOG.error("Nothing can be pushed on the stream {}", stream.id(), e);
            return new NotYet("our_fault", "The gateway could not make the call; its log says more", Kind.SILENT, null);
        }
    }

    private PushAnswer send(OutboundStream stream, String compact) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/secevent+jwt");
        headers.put("Accept", "application/json");
        String sealed = stream.sealed();
        if (sealed != null) {
            headers.put("Authorization", seal.opened(sealed, stream.id()));
        }
        URI uri = URI.create(String.valueOf(stream.endpoint()));
        return PushAnswer.of(
                http.exchange(new GuardedHttp.Request(
                        "POST",
                        uri,
                        headers,
                        compact.getBytes(StandardCharsets.US_ASCII),
                        MAX_ANSWER,
                        properties.push().timeout())),
                clock);
    }

    /** Not to be tried for days: a key that stays unknown, and the announcement of a pause to who does not answer. */
    private static boolean isHopeless(QueuedSet set, NotYet notYet) {
        return notYet.kind() == Kind.KEY && set.attempts() + 1 >= KEY_ATTEMPTS
                || set.set().urgency() == Urgency.ANNOUNCEMENT && set.attempts() + 1 >= ANNOUNCEMENT_ATTEMPTS;
    }

    /** Whether somebody must be told that it does not go on like this. */
    private static boolean isFor(Kind kind, int failures) {
        return kind == Kind.IDENTITY && failures >= IDENTITY_ATTEMPTS
                || kind == Kind.ADDRESS && failures >= ADDRESS_ATTEMPTS;
    }

    private Instant restUntil(int failures, NotYet notYet) {
        Push push = properties.push();
        Duration pause = push.retry().get(Math.min(failures, push.retry().size()) - 1);
        if (notYet.kind() == Kind.ADDRESS && failures > 1 && pause.compareTo(SLOWLY) < 0) {
            pause = SLOWLY;
        }
        double factor = 1 + push.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        pause = Duration.ofMillis((long) (pause.toMillis() * factor));
        Duration asked = notYet.retryAfter();
        if (asked != null && asked.compareTo(pause) > 0) {
            pause = asked.compareTo(push.longestRetryAfter()) > 0 ? push.longestRetryAfter() : asked;
        }
        return clock.instant().plus(pause);
    }
}
