package io.signalbox.stream;

import io.signalbox.stream.Finding.Level;
import java.util.List;

/**
 * How one step went.
 *
 * @param told what was seen, in one sentence
 * @param findings what was not as the text has it; faults make the step bad
 */
public record StepReport(LifeStep step, String told, List<Finding> findings) {

    public StepReport {
        findings = List.copyOf(findings);
    }

    /** Whether all was as the text demands. */
    public boolean good() {
        return worst() != Level.FAULT;
    }

    /** The level of the worst finding; a note if there is none. */
    public Level worst() {
        return findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.NOTE);
    }
}
