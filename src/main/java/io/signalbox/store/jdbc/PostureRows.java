package io.signalbox.store.jdbc;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How subjects stand: what the events of decided signals leave known. */
final class PostureRows {

    private final JdbcClient sql;

    PostureRows(JdbcClient sql) {
        this.sql = sql;
    }

    /** Subject key to posture, of all subjects of the signal that its issuer has spoken of before. */
    Map<String, Posture> before(Signal signal) {
        TreeSet<String> subjects = new TreeSet<>();
        for (SecurityEvent event : signal.events()) {
            SubjectIdentifier subject = event.subject();
            if (subject != null) {
                subjects.add(subject.key());
            }
        }
        Map<String, Posture> postures = new HashMap<>();
        for (String subject : subjects) {
            List<Posture.Known> known = of(subject, signal.set().iss());
            if (!known.isEmpty()) {
                postures.put(subject, Posture.of(known));
            }
        }
        return postures;
    }

    private List<Posture.Known> of(String subjectKey, String issuer) {
        return sql.sql("SELECT aspect, value, since, signal_id FROM posture WHERE subject_key = ? AND iss = ?")
                .param(subjectKey)
                .param(issuer)
                .query((row, number) -> new Posture.Known(
                        row.getString("aspect"),
                        row.getString("value"),
                        Instant.ofEpochMilli(row.getLong("since")),
                        row.getString("signal_id")))
                .list();
    }

    /** Issuer to what it left known of a subject, in the order of their names. */
    Map<String, List<Posture.Known>> byIssuer(String subjectKey) {
        Map<String, List<Posture.Known>> known = new TreeMap<>();
        sql.sql("SELECT iss, aspect, value, since, signal_id FROM posture WHERE subject_key = ? ORDER BY iss, aspect")
                .param(subjectKey)
                .query(row -> {
                    known.computeIfAbsent(row.getString("iss"), issuer -> new ArrayList<>())
                            .add(new Posture.Known(
                                    row.getString("aspect"),
                                    row.getString("value"),
                                    Instant.ofEpochMilli(row.getLong("since")),
                                    row.getString("signal_id")));
                });
        return known;
    }

    /**
     * What the events of a signal leave known; made by the caller's thread, for {@link #remember}. What is not acted upon
     * leaves nothing: a later event must not be weighed by it, or be taken for overtaken.
     */
    static List<Row> left(Signal signal) {
        if (!signal.set().standing().counts()) {
            return List.of();
        }
        List<Row> rows = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            Posture.Known known = Posture.left(event);
            if (known != null && event.subject() != null) {
                rows.add(new Row(event.subject().key(), event.issuer(), known));
            }
        }
        return rows;
    }

    /** An older event changes nothing, in whatever order they come; of two with one time the later to be decided counts. */
    void remember(List<Row> rows) {
        for (Row row : rows) {
            int ignored = sql.sql("""
                            INSERT INTO posture (subject_key, iss, aspect, value, since, signal_id)
                            VALUES (?, ?, ?, ?, ?, ?)
                            ON CONFLICT (subject_key, iss, aspect) DO UPDATE
                            SET value = excluded.value, since = excluded.since, signal_id = excluded.signal_id
                            WHERE excluded.since >= posture.since""")
                    .param(row.subjectKey())
                    .param(row.issuer())
                    .param(row.known().aspect())
                    .param(row.known().value())
                    .param(row.known().since().toEpochMilli())
                    .param(row.known().signalId())
                    .update();
        }
    }

    record Row(String subjectKey, String issuer, Posture.Known known) {}
}
