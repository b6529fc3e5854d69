package io.signalbox.store.jdbc;

import io.signalbox.store.ExportAudit;
import io.signalbox.wire.Wire;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Walks an export line by line, and ends at the first that is not as it should be. */
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
        return new Proof(walk.entries, walk.previous, fault == null ? null : "line " + walk.line + ": " + fault);
    }

    private static final class Walk {
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
            ContentDigest digest = new ContentDigest();
            for (Object value : content) {
                ContentDigest ignored = digest.add(value == null ? null : Objects.toString(value));
            }
            if (!digest.hex().equals(entry.digest())) {
                return "the content of " + entry.rowId() + " is not as it was recorded";
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
