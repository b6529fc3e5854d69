package io.signalbox.store.jdbc;

import io.signalbox.action.Action;
import io.signalbox.action.Inverse;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where reasons add up: one place for one state of one account at one target. Until somebody has looked up whose account it
 * is, each identifier has a place of its own.
 */
final class ContainmentPlaces {

    private final JdbcClient sql;

    ContainmentPlaces(JdbcClient sql) {
        this.sql = sql;
    }

    /** Whether the action takes something from somebody that can be given back. */
    static boolean contains(Action action) {
        return action.target() != null
                && action.subject() != null
                && Inverse.of(action.kind()).isPresent();
    }

    /** Whether it takes something that can be given back, or gives such a thing back. */
    static boolean concerns(String kind) {
        return Inverse.of(kind).isPresent() || !Inverse.takenBackBy(kind).isEmpty();
    }

    /** A user's second device is another place; the user's accounts are one, whatever session an event was about. */
    static String subjectKey(Action action, String kind) {
        SubjectIdentifier subject = action.subject();
        if (subject == null) {
            return "";
        }
        return kind.startsWith("device.")
                ? subject.principal("device").orElse(subject).key()
                : subject.key();
    }

    /** The place by the subject as it was named. */
    static String named(Action action, String kind) {
        return new ContentDigest()
                .add(subjectKey(action, kind))
                .add(action.target())
                .add(kind)
                .add(scope(action, kind))
                .hex();
    }

    /** The place by whom the subject is at the target; never the same as one {@linkplain #named by the subject}. */
    static String account(Action action, String kind, String identity) {
        return new ContentDigest()
                .add("account")
                .add(identity)
                .add(action.target())
                .add(kind)
                .add(scope(action, kind))
                .hex();
    }

    /** Which group: one is not given back for another. */
    private static String scope(Action action, String kind) {
        return kind.startsWith("group.") ? Wire.write(new TreeMap<>(action.parameters())) : "";
    }

    /** The place where reasons like this one add up, as far as it is known by now. */
    String of(Action action, String kind) {
        String named = named(action, kind);
        return accountOf(named).orElse(named);
    }

    Optional<String> accountOf(String named) {
        return sql.sql("SELECT account FROM account_place WHERE place = ?")
                .param(named)
                .query(String.class)
                .optional();
    }

    /** Anything that was taken there and not given back yet. */
    boolean isTaken(String place) {
        return sql.sql(
                                "SELECT count(*) FROM (SELECT 1 FROM containment WHERE place = ? AND released_at IS NULL LIMIT 1)"
                                        + " AS taken")
                        .param(place)
                        .query(Long.class)
                        .single()
                == 1;
    }

    void remember(String named, String account) {
        int ignored = sql.sql("""
                        INSERT INTO account_place (place, account) VALUES (?, ?)
                        ON CONFLICT (place) DO UPDATE SET account = excluded.account""").param(named).param(account).update();
    }

    /** From now on all that the subject was taken by this name belongs to the account. */
    void move(String named, String account) {
        int ignored = sql.sql("UPDATE containment SET place = ? WHERE place = ? AND released_at IS NULL")
                .param(account)
                .param(named)
                .update();
    }

    /** The name has come to mean somebody else since: what was taken by it before stays where it is. */
    void moveOne(String actionId, String account) {
        int ignored = sql.sql("UPDATE containment SET place = ? WHERE action_id = ?")
                .param(account)
                .param(actionId)
                .update();
    }

    /** Accounts from which nothing is taken any more. */
    int forget() {
        return sql.sql("""
                        DELETE FROM account_place WHERE NOT EXISTS (
                          SELECT 1 FROM containment c
                          WHERE c.place = account_place.account AND c.released_at IS NULL)""").update();
    }
}
