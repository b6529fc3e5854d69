package io.signalbox.store.jdbc;

import io.signalbox.store.ScimImages;
import io.signalbox.wire.Wire;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link ScimImages} in SQL that SQLite and PostgreSQL share. */
final class JdbcScimImages implements ScimImages {

    private static final String COLUMNS = "id, version, modified, listing, digests";

    private final GroupCommit writer;
    private final StorageFailures failures;
    private final JdbcClient reads;
    private final JdbcClient writes;

    JdbcScimImages(LedgerDatabase database, GroupCommit writer, StorageFailures failures) {
        this.writer = writer;
        this.failures = failures;
        this.reads = database.reads();
        this.writes = database.writes();
    }

    @Override
    public Map<String, Image> find(String source, Collection<String> ids) {
        Map<String, Image> found = new LinkedHashMap<>();
        if (ids.isEmpty()) {
            return found;
        }
        failures.reading(() -> reads.sql(
                                "SELECT " + COLUMNS + " FROM scim_image WHERE source = :source AND id IN (:ids)")
                        .param("source", source)
                        .param("ids", ids)
                        .query(JdbcScimImages::image)
                        .list())
                .forEach(image -> found.put(image.id(), image));
        return found;
    }

    @Override
    public void keep(String source, Collection<Image> images) {
        if (images.isEmpty()) {
            return;
        }
        // In the order of their ids, so that two nodes never wait for one another's rows.
        Map<String, Image> ordered = new TreeMap<>();
        images.forEach(image -> ordered.put(image.id(), image));
        int ignored = writer.write(() -> {
            int written = 0;
            for (Image image : ordered.values()) {
                written += writes.sql("""
                                INSERT INTO scim_image (source, id, version, modified, listing, digests)
                                VALUES (?, ?, ?, ?, ?, ?)
                                ON CONFLICT (source, id) DO UPDATE SET
                                  version = excluded.version,
                                  modified = excluded.modified,
                                  listing = excluded.listing,
                                  digests = excluded.digests""")
                        .param(source)
                        .param(image.id())
                        .param(image.version())
                        .param(image.modified())
                        .param(image.listing())
                        .param(Wire.write(new TreeMap<>(image.digests())))
                        .update();
            }
            return written;
        });
    }

    @Override
    public void forget(String source, String id) {
        int ignored = writer.write(() -> writes.sql("DELETE FROM scim_image WHERE source = ? AND id = ?")
                .param(source)
                .param(id)
                .update());
    }

    @Override
    public List<Image> unseen(String source, long listing, String after, int limit) {
        return failures.reading(() -> reads.sql("SELECT " + COLUMNS
                        + " FROM scim_image WHERE source = ? AND id > ? AND listing < ? ORDER BY id LIMIT ?")
                .param(source)
                .param(after)
                .param(listing)
                .param(limit)
                .query(JdbcScimImages::image)
                .list());
    }

    @Override
    public Optional<Progress> progress(String source) {
        return failures.reading(() -> reads.sql("SELECT modified, listing, listed_at FROM scim_watch WHERE source = ?")
                .param(source)
                .query((row, number) -> new Progress(
                        row.getString("modified"),
                        row.getLong("listing"),
                        Instant.ofEpochMilli(row.getLong("listed_at"))))
                .optional());
    }

    @Override
    public void note(String source, Progress progress) {
        int ignored = writer.write(() -> writes.sql("""
                        INSERT INTO scim_watch (source, modified, listing, listed_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (source) DO UPDATE SET
                          modified = excluded.modified,
                          listing = excluded.listing,
                          listed_at = excluded.listed_at""")
                .param(source)
                .param(progress.modified())
                .param(progress.listing())
                .param(progress.listedAt().toEpochMilli())
                .update());
    }

    private static Image image(ResultSet row, int number) throws SQLException {
        Map<String, String> digests = new TreeMap<>();
        Wire.readObject(row.getString("digests")).forEach((name, value) -> digests.put(name, String.valueOf(value)));
        return new Image(
                row.getString("id"),
                row.getLong("version"),
                row.getString("modified"),
                row.getLong("listing"),
                digests);
    }
}
