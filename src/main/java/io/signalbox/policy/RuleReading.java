package io.signalbox.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a rule fired for an event, or did not.
 *
 * @param rule its name
 * @param file where it stands
 * @param line from 1
 * @param fired whether it did
 * @param conditions each of its conditions by itself, in the order of the rule
 */
public record RuleReading(String rule, String file, int line, boolean fired, List<Condition> conditions) {

    /**
     * One condition.
     *
     * @param text as the rule has it
     * @param held whether it was true
     * @param found the value that it met, if that is a plain one and names nobody
     */
    public record Condition(
            String text, boolean held, @Nullable String found) {}

    /** Whether one condition alone kept it from firing. */
    public boolean nearlyFired() {
        return !fired && conditions.stream().filter(each -> !each.held()).count() == 1;
    }

    /** As JSON for {@code --json} and the API. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rule", rule);
        json.put("file", file);
        json.put("line", line);
        json.put("fired", fired);
        json.put("nearlyFired", nearlyFired());
        json.put("conditions", conditions.stream().map(RuleReading::json).toList());
        return json;
    }

    private static Map<String, Object> json(Condition condition) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("condition", condition.text());
        json.put("held", condition.held());
        if (condition.found() != null) {
            json.put("found", condition.found());
        }
        return json;
    }
}
