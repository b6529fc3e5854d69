package io.signalbox.store.jdbc;

import io.signalbox.event.CaepEvent.SessionRevoked;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * That one session ended, or all of a user's, as a logout token and a SET may both tell of it.
 *
 * @param iss who says so
 * @param session digest of the session's identifier; absent if all of the user's ended
 * @param user digest of the user's identifier; absent if the session alone is named
 * @param logoutToken whether a logout token told of it
 * @param occurredAt when it happened, epoch milliseconds
 */
record SessionEnd(
        String signalId,
        String iss,
        @Nullable String session,
        @Nullable String user,
        boolean logoutToken,
        long occurredAt) {

    private static final String USER = "user";
    private static final String SESSION = "session";

    /** Keycloak's word for all of a user's sessions. */
    private static final String ALL = "ALL";

    /** Absent if the signal tells of anything else, or of that and more, or does not count. */
    static @Nullable SessionEnd of(Signal signal) {
        List<SecurityEvent> events = signal.events();
        if (events.size() != 1
                || !(events.get(0).payload() instanceof SessionRevoked)
                || !signal.set().standing().counts()) {
            return null;
        }
        SecurityEvent event = events.get(0);
        SubjectIdentifier subject = event.subject();
        if (subject == null) {
            return null;
        }
        Map<String, SubjectIdentifier> named = subject.principals();
        SubjectIdentifier one = named.get(SESSION);
        SubjectIdentifier user = named.get(USER);
        String session = one == null || ALL.equals(one.text("id")) ? null : one.fingerprint();
        // Of a user and a device only the sessions on that device ended.
        boolean allOfTheUsers = user != null && List.of(USER, SESSION).containsAll(named.keySet());
        if (session == null && !allOfTheUsers) {
            return null;
        }
        return new SessionEnd(
                signal.id(),
                event.issuer(),
                session,
                user == null ? null : user.fingerprint(),
                signal.set().logoutToken(),
                event.occurredAt().toEpochMilli());
    }

    /** What it is kept under. */
    String fingerprint() {
        return session != null ? session : String.valueOf(user);
    }
}
