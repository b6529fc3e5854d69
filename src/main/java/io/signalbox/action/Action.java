package io.signalbox.action;

import io.signalbox.set.SubjectIdentifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing to be done at one target.
 *
 * @param id see {@link #idFor}; at the same time the idempotency key that the target is given
 * @param signalId the signal that caused it
 * @param ordinal its place in the decision, from 0
 * @param kind a dotted noun such as {@code account.disable}
 * @param target the name of a target in the configuration; absent if no target does this kind, which is recorded too
 * @param subject about whom, as the transmitter named them; absent if the signal names nobody
 * @param event alias of the event that caused it, such as {@code caep/risk-level-change}
 * @param eventUri URI of that event's type
 * @param severity how bad policy thinks the signal is
 * @param parameters what the rule adds, such as a ticket's title
 * @param because rule and policy
 * @param lasts how long it is to hold, whole seconds; it is taken back by itself after that. Absent: for good
 * @param shadow decided and recorded only: nothing leaves
 */
public record Action(
        String id,
        String signalId,
        int ordinal,
        String kind,
        @Nullable String target,
        @Nullable SubjectIdentifier subject,
        String event,
        String eventUri,
        Severity severity,
        Map<String, String> parameters,
        Because because,
        @Nullable Duration lasts,
        boolean shadow) {

    private static final int SIGNAL_PREFIX = "sig-".length();
    private static final int TIME_DIGITS = 9;

    /**
     * The same signal, decided again after a crash, asks for the same actions under the same names: broker, act stage
     * and target can all recognise the repeat. Begins as the signal's own id does, with a time, for the same reason.
     */
    public static String idFor(String signalId, String rule, int ordinal, String kind, @Nullable String target) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {signalId, rule, String.valueOf(ordinal), kind, String.valueOf(target)}) {
                sha256.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
            }
            String time = signalId.substring(SIGNAL_PREFIX, SIGNAL_PREFIX + TIME_DIGITS);
            return "act-" + time + HexFormat.of().formatHex(sha256.digest()).substring(0, 32 - TIME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }
}
