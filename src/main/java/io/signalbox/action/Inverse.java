package io.signalbox.action;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which kinds of action take something away from a subject, and by which kind that is given back. */
public final class Inverse {

    private static final Map<String, String> OF = Map.of(
            "account.disable", "account.enable",
            "account.lock", "account.unlock",
            "device.quarantine", "device.release",
            "network.block", "network.unblock",
            "group.remove", "group.add");

    /** They take something away as well, and nothing gives it back: sessions and tokens that are gone stay gone. */
    private static final Set<String> FOR_GOOD =
            Set.of("session.revoke", "token.revoke", "credential.revoke", "credential.reset", "vpn.disconnect");

    /** They tell somebody, and change nothing about the subject. */
    private static final Set<String> TELLING =
            Set.of("siem.record", "ticket.note", "ticket.open", "ticket.close", "notify", "signal.relay");

    private static final String SUFFIX = "-undo";

    private static final Pattern OWN_ID = Pattern.compile("(act-[0-9a-f]+)(-undo|-again-[0-9]+)?");

    private Inverse() {}

    /** The kind that takes this kind back; empty if it cannot be taken back, or takes nothing away. */
    public static Optional<String> of(String kind) {
        return Optional.ofNullable(OF.get(kind));
    }

    /** The kinds that this kind takes back; none for most. */
    public static List<String> takenBackBy(String kind) {
        return OF.entrySet().stream()
                .filter(entry -> entry.getValue().equals(kind))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Whether it takes something away from a subject. A kind that we do not know is thought to. */
    public static boolean isDestructive(String kind) {
        return OF.containsKey(kind) || FOR_GOOD.contains(kind) || !(TELLING.contains(kind) || OF.containsValue(kind));
    }

    /** Whether it tells somebody, and changes nothing about the subject. */
    public static boolean isTelling(String kind) {
        return TELLING.contains(kind);
    }

    /**
     * The action that takes this one back, under an id of its own: to a target it is another thing to do, not a repeat.
     *
     * @throws IllegalArgumentException if nothing takes it back
     */
    public static Action action(Action done) {
        String kind =
                of(done.kind()).orElseThrow(() -> new IllegalArgumentException("Nothing takes back " + done.kind()));
        return as(done, done.id() + SUFFIX, kind, null);
    }

    /**
     * The action once more, after what it did was given back though somebody asks to keep it. A target that knows its id
     * would take it for a repeat, and do nothing.
     *
     * @param time which of several such times
     */
    public static Action again(Action done, long time) {
        return as(done, done.id() + "-again-" + time, done.kind(), done.lasts());
    }

    private static Action as(Action done, String id, String kind, @Nullable Duration lasts) {
        return new Action(
                id,
                done.signalId(),
                done.ordinal(),
                kind,
                done.target(),
                done.subject(),
                done.event(),
                done.eventUri(),
                done.severity(),
                done.parameters(),
                done.because(),
                lasts,
                false);
    }

    public static boolean isUndo(Action action) {
        return action.id().endsWith(SUFFIX);
    }

    /** The id under which the ledger knows an action: that of the one which is taken back, or done once more. */
    public static String recordedId(Action action) {
        Matcher own = OWN_ID.matcher(action.id());
        return own.matches() ? own.group(1) : action.id();
    }
}
