package io.signalbox.stream;

import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.verify.VerifySet;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a stream delivers while it is taken through its life, by push or by poll, from any thread: verifies each SET
 * as the gateway does, and then looks at what a transmitter owes beyond that.
 */
final class LifeInbox {

    private static final Set<String> NEED_A_REASON =
            Set.of("session-revoked", "credential-change", "device-compliance-change");

    private final Function<List<String>, VerifySet> verification;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ReceivedSet> received = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Early> early = new ArrayList<>();
    private final List<Finding> loose = new ArrayList<>();
    private @Nullable StreamConfiguration stream;
    private @Nullable VerifySet verify;
    private @Nullable String expectedState;
    private boolean verified;
    private int others;

    /** @param verification makes the check for SETs that are meant for one of these audiences */
    LifeInbox(Function<List<String>, VerifySet> verification, Clock clock) {
        this.verification = verification;
        this.clock = clock;
    }

    private record Early(VerifiedSet set, UnverifiedSet content) {}

    /** From now on it is known which stream SETs must be of; those that came before are looked at now. */
    void opened(StreamConfiguration opened) {
        lock.lock();
        try {
            if (verify == null) {
                verify = verification.apply(opened.aud());
            }
            stream = opened;
            List<Early> waiting = List.copyOf(early);
            early.clear();
            for (Early one : waiting) {
                List<Finding> findings = new ArrayList<>();
                if (one.set().aud().stream().noneMatch(opened.aud()::contains)) {
                    findings.add(Finding.fault("J-11", "A SET that came before the stream was told of is not for it"));
                }
                judge(one.set(), one.content(), opened, findings);
                keep(one.set(), true, findings);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From now on a verification with another state than this is refused. */
    void expects(String state) {
        lock.lock();
        try {
            expectedState = state;
            verified = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes one SET, and says whether it may be acknowledged.
     *
     * @param key under which it lay in a poll's answer; absent for a push
     */
    Verdict take(String compact, @Nullable String key) {
        lock.lock();
        try {
            return examine(compact, key);
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    private Verdict examine(String compact, @Nullable String key) {
        UnverifiedSet content;
        try {
            content = UnverifiedSet.parse(compact);
        } catch (IllegalArgumentException e) {
            Verdict.Refused refused =
                    new Verdict.Refused(SetError.INVALID_REQUEST, "This is no SET in compact form: " + e.getMessage());
            return refuse(null, refused);
        }
        String jti = content.text("jti").orElse(null);
        if (key != null && !key.equals(jti)) {
            return refuse(
                    jti,
                    "R-22, J-25",
                    new Verdict.Refused(
                            SetError.INVALID_REQUEST, "The SET's jti is not the name under which it was delivered"));
        }
        StreamConfiguration known = stream;
        Verdict verdict = check(compact, content, known);
        if (verdict instanceof Verdict.Refused refused) {
            return refuse(jti, refused);
        }
        if (verdict instanceof Verdict.Accepted accepted) {
            VerifiedSet set = accepted.set();
            if (!seen.add(set.jti())) {
                loose.add(Finding.note("R-30", "A SET came more than once, and was acknowledged each time"));
                return verdict;
            }
            if (known == null) {
                early.add(new Early(set, content));
                return verdict;
            }
            List<Finding> findings = new ArrayList<>();
            if (!judge(set, content, known, findings)) {
                keep(set, false, findings);
                return new Verdict.Refused(
                        SetError.INVALID_STATE, "The verification's state is not the one that was asked for");
            }
            keep(set, true, findings);
        } else {
            loose.add(Finding.fault("R-08", ((Verdict.Undecided) verdict).why()));
        }
        return verdict;
    }

    /** Before the stream is known a SET is held to whatever audience it has; that is looked at once it is known. */
    private Verdict check(String compact, UnverifiedSet content, @Nullable StreamConfiguration known) {
        RawSet raw = new RawSet(compact, clock.instant());
        VerifySet ready = verify;
        if (known != null && ready != null) {
            return ready.verify(raw);
        }
        List<String> audience = content.audience();
        try (VerifySet once = verification.apply(audience.isEmpty() ? List.of("nobody") : audience)) {
            return once.verify(raw);
        }
    }

    private Verdict refuse(@Nullable String jti, Verdict.Refused refused) {
        return refuse(jti, SetRules.rule(refused.error()), refused);
    }

    private Verdict refuse(@Nullable String jti, String rule, Verdict.Refused refused) {
        Finding fault = Finding.fault(rule, refused.error().code() + ": " + refused.description());
        received.add(new ReceivedSet(jti, List.of(), false, List.of(fault)));
        return refused;
    }

    private void keep(VerifiedSet set, boolean accepted, List<Finding> findings) {
        List<String> types =
                set.events().keySet().stream().map(EventNames::shortly).toList();
        received.add(new ReceivedSet(set.jti(), types, accepted, List.copyOf(findings)));
    }

    /** What a transmitter owes beyond a SET that verifies. Gives false for a verification that must be refused. */
    private boolean judge(VerifiedSet set, UnverifiedSet content, StreamConfiguration known, List<Finding> findings) {
        if (!content.claims().containsKey("sub_id")) {
            findings.add(Finding.fault("T-90", "The SET has no sub_id"));
        }
        if (set.txn() == null) {
            findings.add(Finding.remark("T-90", "The SET has no txn"));
        }
        if (set.events().size() > 1) {
            findings.add(Finding.remark("I-06", "The SET has more than one event"));
        }
        if (!"RS256".equals(content.header().get("alg"))) {
            findings.add(Finding.remark("I-05", "The SET is not signed with RS256"));
        }
        if (!content.header().containsKey("kid")) {
            findings.add(Finding.remark("S-10", "The SET's header names no key"));
        }
        boolean fits = true;
        for (Map.Entry<String, Map<String, Object>> event : set.events().entrySet()) {
            if (event.getKey().equals(EventNames.VERIFICATION)) {
                fits &= verification(set, event.getValue(), known, findings);
            } else if (event.getKey().equals(EventNames.STREAM_UPDATED)) {
                updated(set, event.getValue(), known, findings);
            } else {
                other(event.getKey(), event.getValue(), known, findings);
            }
        }
        return fits;
    }

    private boolean verification(
            VerifiedSet set, Map<String, Object> payload, StreamConfiguration known, List<Finding> findings) {
        ofTheStream(set, known, "T-72", findings);
        Object state = payload.get("state");
        if (state == null) {
            findings.add(Finding.note("R-53", "A verification that was not asked for, without a state: acknowledged"));
            return true;
        }
        if (state.equals(expectedState)) {
            verified = true;
            return true;
        }
        findings.add(Finding.fault("R-52", "A verification has a state that was not asked for: invalid_state"));
        return false;
    }

    private static void updated(
            VerifiedSet set, Map<String, Object> payload, StreamConfiguration known, List<Finding> findings) {
        ofTheStream(set, known, "T-76", findings);
        if (!(payload.get("status") instanceof String word)
                || StreamStatus.of(word).isEmpty()) {
            findings.add(Finding.fault("T-76", "A stream-updated has a status that is none of the three words"));
        }
    }

    private static void ofTheStream(VerifiedSet set, StreamConfiguration known, String rule, List<Finding> findings) {
        SubjectIdentifier subject = set.subject();
        if (subject == null
                || !subject.format().equals("opaque")
                || !known.streamId().equals(subject.text("id"))) {
            findings.add(Finding.fault(rule, "The event's subject is not the stream's id in the format opaque"));
        }
    }

    private void other(String uri, Map<String, Object> payload, StreamConfiguration known, List<Finding> findings) {
        others++;
        if (!known.eventsDelivered().contains(uri)) {
            findings.add(Finding.fault(
                    "T-92", "An event " + EventNames.shortly(uri) + " that is not in the stream's events_delivered"));
        }
        Object reason = payload.get("reason_admin");
        boolean given = reason instanceof String text && !text.isEmpty()
                || reason instanceof Map<?, ?> map && !map.isEmpty()
                || reason instanceof Collection<?> items && !items.isEmpty();
        if (NEED_A_REASON.contains(EventNames.shortly(uri)) && !given) {
            findings.add(Finding.remark("I-40", "An event " + EventNames.shortly(uri) + " has no reason_admin"));
        }
    }

    /** Something about delivery itself rather than about one SET. */
    void finds(Finding finding) {
        lock.lock();
        try {
            if (!loose.contains(finding)) {
                loose.add(finding);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isVerified() {
        lock.lock();
        try {
            return verified;
        } finally {
            lock.unlock();
        }
    }

    /** How many events came that are not the stream's own. */
    int others() {
        lock.lock();
        try {
            return others;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the condition holds; false if it does not in time. */
    boolean await(BooleanSupplier condition, Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What was not told yet, SET by SET, and what was found besides. */
    Taken drain() {
        lock.lock();
        try {
            Taken taken = new Taken(List.copyOf(received), List.copyOf(loose));
            received.clear();
            loose.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    record Taken(List<ReceivedSet> sets, List<Finding> loose) {}

    void close() {
        lock.lock();
        try {
            if (verify != null) {
                verify.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
