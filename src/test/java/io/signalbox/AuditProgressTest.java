package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AuditProgressTest {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private long now = Long.MAX_VALUE - 1_000_000_000L;
    private final AuditProgress progress =
            new AuditProgress(new PrintStream(said, true, StandardCharsets.UTF_8), () -> now);

    @Test
    void saysNothingOfAShortRun() {
        after(Duration.ofMillis(4_900), 500, 1_000);
        after(Duration.ofSeconds(5), 1_000, 1_000);

        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void saysEveryFewSecondsHowFarALongRunHasComeAndHowFastItIs() {
        after(Duration.ofSeconds(5), 200_000, 20_000_000);
        after(Duration.ofSeconds(2), 300_000, 20_000_000);
        after(Duration.ofSeconds(3), 400_000, 20_000_000);
        after(Duration.ofSeconds(470), 19_200_000, 20_000_000);

        assertThat(said.toString(StandardCharsets.UTF_8)).hasLineCount(3).isEqualToNormalizingNewlines("""
                200000 of 20000000 entries (1 %), 40000 a second, about 8 min to go
                400000 of 20000000 entries (2 %), 40000 a second, about 8 min to go
                19200000 of 20000000 entries (96 %), 40000 a second, about 20 s to go
                """);
    }

    private void after(Duration time, long entries, long of) {
        now += time.toNanos();
        progress.walked(entries, of);
    }
}
