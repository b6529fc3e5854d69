package io.signalbox.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.AfterAll;

/** Looks for an input that is not decided. One that is found goes into HostileInputTest. */
class HostileInputFuzz {

    private static final HostileInput HOSTILE = new HostileInput();

    @AfterAll
    static void close() {
        HOSTILE.close();
    }

    @FuzzTest(maxDuration = "60s")
    void isDecided(byte[] input) {
        HOSTILE.isDecided(input);
    }
}
