package io.signalbox.store.jdbc;

import io.signalbox.store.LedgerExport;
import io.signalbox.store.jdbc.RecordedContent.AttemptContent;
import io.signalbox.store.jdbc.RecordedContent.DecisionContent;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent;
import io.signalbox.store.jdbc.RecordedContent.PruningContent;
import io.signalbox.wire.Wire;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes the chain page by page: memory does not grow with the ledger. */
final class ChainExport implements LedgerExport {

    private static final int PAGE = 200;

    private final LedgerDatabase database;
    private final StorageFailures failures;

    ChainExport(LedgerDatabase database, StorageFailures failures) {
        this.database = database;
        this.failures = failures;
    }

    @Override
    public long write(Consumer<String> lines) {
        return failures.reading(() -> database.atOneMoment(sql -> write(sql, lines)));
    }

    private static long write(JdbcClient sql, Consumer<String> lines) {
        RecordedRows rows = new RecordedRows(sql);
        Head head = sql.sql("SELECT seq, hash FROM chain_head WHERE id = 1")
                .query((row, number) -> new Head(row.getLong("seq"), row.getString("hash")))
                .single();
        long last = head.seq();
        long written = 0;
        long expected = 1;
        while (expected <= last) {
            List<ChainEntry> page = sql.sql("SELECT " + ChainEntry.COLUMNS
                            + " FROM chain WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?")
                    .param(expected)
                    .param(last)
                    .param(PAGE)
                    .query(ChainEntry::of)
                    .list();
            Map<String, List<@Nullable String>> contents = contents(sql, rows, page);
            for (ChainEntry entry : page) {
                gaps(sql, expected, entry.seq() - 1, lines);
                lines.accept(Wire.write(line(entry, contents.get(entry.rowId()))));
                expected = entry.seq() + 1;
                written++;
            }
            if (page.isEmpty()) {
                gaps(sql, expected, last, lines);
                expected = last + 1;
            }
        }
        lines.accept(Wire.write(Map.of("head", Map.of("seq", last, "hash", head.hash()))));
        return written;
    }

    private record Head(long seq, String hash) {}

    private static void gaps(JdbcClient sql, long from, long to, Consumer<String> lines) {
        if (from > to) {
            return;
        }
        sql.sql("SELECT " + Anchor.COLUMNS + " FROM anchor WHERE first_seq BETWEEN ? AND ? ORDER BY first_seq")
                .param(from)
                .param(to)
                .query(Anchor::of)
                .list()
                .forEach(anchor -> {
                    Map<String, Object> gap = new LinkedHashMap<>();
                    gap.put("first", anchor.first());
                    gap.put("last", anchor.last());
                    gap.put("previous", anchor.previous());
                    gap.put("hash", anchor.hash());
                    lines.accept(Wire.write(Map.of("gap", gap)));
                });
    }

    private static Map<String, Object> line(ChainEntry entry, @Nullable List<@Nullable String> content) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("seq", entry.seq());
        line.put("kind", entry.kind());
        line.put("row", entry.rowId());
        line.put("digest", entry.digest());
        line.put("previous", entry.previous());
        line.put("hash", entry.hash());
        if (content != null) {
            line.put("content", content);
        }
        return line;
    }

    private static Map<String, List<@Nullable String>> contents(
            JdbcClient sql, RecordedRows rows, List<ChainEntry> page) {
        Set<String> decisions = new HashSet<>();
        Set<String> actions = new HashSet<>();
        Set<Long> prunings = new HashSet<>();
        Set<Long> erasures = new HashSet<>();
        for (ChainEntry entry : page) {
            switch (entry.kind()) {
                case RecordedContent.DECISION -> decisions.add(entry.rowId());
                case RecordedContent.ATTEMPT ->
                    actions.add(entry.rowId().substring(0, entry.rowId().lastIndexOf(':')));
                case RecordedContent.PRUNED ->
                    prunings.add(Long.parseLong(entry.rowId().substring("pruning-".length())));
                case RecordedContent.ERASED ->
                    erasures.add(Long.parseLong(entry.rowId().substring("erasure-".length())));
                default -> {
                    // What policy said; or what nobody knows, and then an audit of the export says so.
                }
            }
        }
        Map<String, List<@Nullable String>> contents = new LinkedHashMap<>();
        for (Map.Entry<String, DecisionContent> each : rows.decisions(decisions).entrySet()) {
            contents.put(each.getKey(), each.getValue().values());
        }
        for (Map.Entry<String, AttemptContent> each : rows.attempts(actions).entrySet()) {
            contents.put(each.getKey(), each.getValue().values());
        }
        for (Map.Entry<String, PruningContent> each : rows.prunings(prunings).entrySet()) {
            contents.put(each.getKey(), each.getValue().values());
        }
        for (Map.Entry<String, ErasureContent> each : rows.erasures(erasures).entrySet()) {
            contents.put(each.getKey(), each.getValue().values());
        }
        contents.putAll(PolicyRows.contents(sql, page));
        return contents;
    }
}
