package io.signalbox.store.jdbc;

import io.signalbox.store.Containment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table.
 *
 * @param place where its reason adds up with others; see {@link ContainmentPlaces}
 */
record ContainmentRow(Containment content, String place) {

    static final String COLUMNS = "action_id, signal_id, subject_key, target, kind, iss, rule, since, lasts, until_at,"
            + " found, lifted_at, lifted_by, released_at, place";

    static ContainmentRow of(ResultSet row, int number) throws SQLException {
        return new ContainmentRow(containment(row, number), row.getString("place"));
    }

    static Containment containment(ResultSet row, int number) throws SQLException {
        Instant lasts = time(row, "lasts");
        return new Containment(
                row.getString("action_id"),
                row.getString("signal_id"),
                row.getString("subject_key"),
                row.getString("target"),
                row.getString("kind"),
                row.getString("iss"),
                row.getString("rule"),
                Instant.ofEpochMilli(row.getLong("since")),
                lasts == null ? null : Duration.ofMillis(lasts.toEpochMilli()),
                time(row, "until_at"),
                row.getString("found"),
                time(row, "lifted_at"),
                row.getString("lifted_by"),
                time(row, "released_at"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
