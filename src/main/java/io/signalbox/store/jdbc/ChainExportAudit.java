package io.signalbox.store.jdbc;

import io.signalbox.store.ExportAudit;
import io.signalbox.store.jdbc.RecordedContent.ErasureContent;
import io.signalbox.wire.Wire;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Walks an export line by line, and ends at the first that is not as it should be. What an erasure emptied is what it should
 * be if that erasure, an entry further on, says so. */
final class ChainExportAudit implements ExportAudit {

    @Override
    public Proof verify(Stream<String> lines) {
        Walk walk = new Walk();
        Iterator<String> each = lines.iterator();
        String fault = null;
        while (fault == null && each.hasNext()) {
            fault = walk.next(each.next());
        }
        if (fault == null && !walk.ended) {
            fault = "it ends before the chain's head: lines are missing";
        }
        if (fault == null && !walk.altered.isEmpty()) {
            Altered first = walk.altered.values().iterator().next();
            return new Proof(walk.entries, walk.previous, "line " + first.line() + ": " + first.fault());
        }
        return new Proof(walk.entries, walk.previous, fault == null ? null : "line " + walk.line + ": " + fault);
    }

    /** A row whose content is not what its entry says; an erasure that comes later may vouch for it. */
    private record Altered(long line, String was, String is, String fault) {}

    private static final class Walk {
        private final Map<String, Altered> altered = new LinkedHashMap<>();
        private long line;
        private long entries;
        private long expected = 1;
        private String previous = Chain.BEGINNING;
        private boolean ended;

        @Nullable
        String next(String text) {
            line++;
            if (ended) {
                return "something follows the chain's head";
            }
            Map<String, Object> read;
            try {
                read = Wire.readObject(text);
            } catch (IllegalArgumentException e) {
                return "it is no JSON object";
            }
            if (read.get("head") instanceof Map<?, ?> head) {
                ended = true;
                boolean fits = number(head.get("seq")) == expected - 1 && previous.equals(head.get("hash"));
                return fits ? null : "the head does not have the last entry's place and hash";
            }
            if (read.get("gap") instanceof Map<?, ?> gap) {
                boolean fits = number(gap.get("first")) == expected
                        && number(gap.get("last")) >= expected
                        && previous.equals(gap.get("previous"));
                expected = number(gap.get("last")) + 1;
                previous = String.valueOf(gap.get("hash"));
                return fits ? null : "the gap does not fit the entry before it";
            }
            return entry(read);
        }

        private @Nullable String entry(Map<String, Object> read) {
            ChainEntry entry = new ChainEntry(
                    number(read.get("seq")),
                    String.valueOf(read.get("kind")),
                    String.valueOf(read.get("row")),
                    String.valueOf(read.get("digest")),
                    String.valueOf(read.get("previous")),
                    String.valueOf(read.get("hash")));
            if (entry.seq() != expected || !entry.previous().equals(previous)) {
                return "the entry was not made after the one before it";
            }
            if (!entry.isItself()) {
                return "the entry does not have the hash of its content and place";
            }
            if (!(read.get("content") instanceof Collection<?> content)) {
                return "the entry's content is missing";
            }
            List<@Nullable String> values = new ArrayList<>();
            content.forEach(value -> values.add(value == null ? null : value.toString()));
            String digest = ContentDigest.of(values);
            if (!digest.equals(entry.digest())) {
                String fault = "the content of " + entry.rowId() + " is not as it was recorded";
                altered.put(entry.kind() + " " + entry.rowId(), new Altered(line, entry.digest(), digest, fault));
            } else if (entry.kind().equals(RecordedContent.ERASED)) {
                for (ErasureContent.Row row : ErasureContent.rows(values)) {
                    altered.computeIfPresent(
                            row.kind() + " " + row.rowId(),
                            (name, found) ->
                                    found.was().equals(row.was()) && found.is().equals(row.is()) ? null : found);
                }
            }
            entries++;
            expected++;
            previous = entry.hash();
            return null;
        }

        private static long number(@Nullable Object value) {
            return value instanceof Number number ? number.longValue() : -1;
        }
    }
}
