package io.signalbox.store.jdbc;

import static io.signalbox.testing.Recorded.decision;
import static io.signalbox.testing.Recorded.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.event.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The embedded store: a file in the data directory. */
class SqliteLedgerTest extends LedgerContract {

    @Override
    @Nullable
    String newStore() {
        return null;
    }

    @Override
    @Nullable
    String username() {
        return null;
    }

    @Test
    void keepsItsFilesToItsOwner() throws IOException {
        Signal signal = signal("jti-1");
        ledger.record(signal, decision(signal));
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            // The write-ahead log holds the same names.
            assertThat(all).hasSizeGreaterThan(1).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
        }
    }
}
