package io.signalbox.policy;

import io.signalbox.event.Signal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Looks at policies without letting them decide anything that leaves. The engine is the one that decides in earnest. */
public interface PolicyDesk {

    /**
     * Reads, lints and compiles the policy in a folder, or the one in the jar where there is no such folder, and runs its
     * cases. Nothing of a file that the lint refuses is compiled or run.
     *
     * @param known what is configured around it
     */
    PolicyReport check(Path rules, Surroundings known);

    /**
     * What the policy in a folder makes of the events in a file: entries as in a {@code .cases.yaml}, or one object with
     * the members of {@code given}.
     *
     * @param text YAML or JSON
     * @throws IllegalArgumentException saying why, if the policy or the text cannot be used
     */
    List<PolicyExplanation> explain(Path rules, String text);

    /**
     * What the policy in a folder makes of each event of a recorded signal. How its subject stood is worked out anew from
     * what came before.
     *
     * @param before earlier signals about the same subject, in any order
     * @throws IllegalArgumentException saying why, if the policy cannot be used
     */
    List<PolicyExplanation> explain(Path rules, Signal signal, List<Signal> before);

    /**
     * The same with a policy that was published.
     *
     * @param files path to text
     * @throws IllegalArgumentException saying why, if this release cannot use the policy
     */
    List<PolicyExplanation> explain(Map<String, String> files, Signal signal, List<Signal> before);
}
