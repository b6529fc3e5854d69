package io.signalbox.architecture.mutants.act;

import java.io.IOException;

/** Runs what it likes, past the list of programs that are allowed. */
class RunsAProgram {

    Process run(String line) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", line).start();
    }
}
