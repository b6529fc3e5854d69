package io.signalbox.store;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Proves what {@link LedgerExport} wrote, by nothing but itself. */
public interface ExportAudit {

    Proof verify(Stream<String> lines);

    /**
     * @param entries that were proven, up to the first that is not as it should be
     * @param head hash of the last of them; compare it with one that was kept elsewhere
     * @param fault what is wrong, and in which line; absent if nothing
     */
    record Proof(long entries, String head, @Nullable String fault) {}
}
