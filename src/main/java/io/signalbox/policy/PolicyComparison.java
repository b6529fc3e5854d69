package io.signalbox.policy;

import java.util.List;
import java.util.Map;

/**
 * What would be different under another policy, over many signals.
 *
 * @param signals signals that both decided
 * @param changed those that would have been decided otherwise
 * @param skipped signals of which nothing was decided, so that there is nothing to compare with
 * @param failed signals on which the other policy fails: each would be parked
 * @param rules rule to its change; rules that fired on neither side are left out
 * @param kinds kind of action to its change
 * @param subjects whose signals would be decided otherwise, those with the most first, at most 50
 * @param examples a few of each way in which a decision changes, at most 100
 */
public record PolicyComparison(
        long signals,
        long changed,
        long skipped,
        long failed,
        Map<String, Change> rules,
        Map<String, Change> kinds,
        List<SubjectChange> subjects,
        List<DecisionDifference> examples) {

    /**
     * In numbers of signals.
     *
     * @param before on which it was
     * @param after on which it would be
     * @param more on which it would be and was not
     * @param less on which it was and would not be
     * @param other on which it would be in another way
     */
    public record Change(long before, long after, long more, long less, long other) {}

    /**
     * @param subject key, or the identifier itself if that was asked for
     * @param changed signals that would be decided otherwise
     */
    public record SubjectChange(String subject, long changed) {}
}
