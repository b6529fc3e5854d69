package io.signalbox.decide;

import java.nio.file.Path;

/** The folder in which rules are edited; the rules in the jar where there is none. */
record RulesFolder(Path path) {

    /**
     * What it holds now.
     *
     * @throws BrokenPolicyException if it is no folder
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    PolicyFiles files() {
        return PolicyFiles.load(path);
    }

    String name() {
        return path.toString();
    }
}
