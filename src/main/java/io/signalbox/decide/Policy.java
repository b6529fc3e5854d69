package io.signalbox.decide;

import java.util.Map;
import org.kie.api.KieBase;

/**
 * A policy that may decide: every file read, linted and compiled. Immutable, shared by all threads.
 *
 * @param info what it is
 * @param rules the compiled rules
 * @param order rule name to its place: by salience, then file, then place in the file. What rules ask for is put in this
 *     order, so that it does not hang on how the engine walks its network
 * @param asksForPosture whether some rule has a condition on how the subject stands
 */
record Policy(PolicyInfo info, KieBase rules, Map<String, Integer> order, boolean asksForPosture) {

    String version() {
        return info.version();
    }
}
