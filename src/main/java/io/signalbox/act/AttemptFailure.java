package io.signalbox.act;

import io.signalbox.action.Outcome;
import io.signalbox.http.AddressRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What an attempt that ended in an exception amounts to. */
final class AttemptFailure {

    private static final int DEEPEST = 8;

    private AttemptFailure() {}

    /** As a rule nothing that settles it, so it is tried again. */
    static Outcome outcome(@Nullable Throwable cause) {
        Throwable root = cause;
        for (int depth = 0; depth < DEEPEST && root != null && root.getCause() != null; depth++) {
            if (root instanceof IOException || root instanceof AttemptEndedException) {
                break;
            }
            root = root.getCause();
        }
        if (root instanceof AttemptEndedException ended) {
            return ended.outcome();
        }
        if (root instanceof AddressRefusedException) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        }
        return new Outcome.NoAnswer(described(root), null);
    }

    /** Messages of exceptions may hold addresses, tokens or subjects; their types hold none. */
    private static String described(@Nullable Throwable cause) {
        if (cause instanceof ConnectException) {
            return "No connection: refused or timed out";
        }
        if (cause instanceof UnknownHostException) {
            return "No connection: the host's name does not resolve";
        }
        if (cause instanceof NoRouteToHostException) {
            return "No connection: no route to the host";
        }
        if (cause instanceof SocketTimeoutException) {
            return "No answer in time";
        }
        if (cause instanceof SSLException) {
            return "No secure connection: " + cause.getClass().getSimpleName();
        }
        if (cause instanceof IOException) {
            return "The connection broke: " + cause.getClass().getSimpleName();
        }
        return "The connector failed: "
                + (cause == null ? "no cause" : cause.getClass().getSimpleName());
    }
}
