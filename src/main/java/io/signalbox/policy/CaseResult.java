package io.signalbox.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the engine made of one case.
 *
 * @param file the cases' file, below the rules folder
 * @param line where the case begins, from 1
 * @param sentence what the case shows
 * @param expected the actions that it names, as readable text
 * @param got the actions that were decided, each with the rule that asked
 * @param differences what is not as expected; empty if the case passed
 * @param micros how long the decision took, microseconds
 */
public record CaseResult(
        String file,
        int line,
        String sentence,
        List<String> expected,
        List<String> got,
        List<String> differences,
        long micros) {

    public boolean passed() {
        return differences.isEmpty();
    }

    /** As JSON for {@code --json} and the API. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file);
        json.put("line", line);
        json.put("case", sentence);
        json.put("passed", passed());
        json.put("expected", expected);
        json.put("got", got);
        json.put("differences", differences);
        return json;
    }
}
