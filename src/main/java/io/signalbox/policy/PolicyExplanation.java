package io.signalbox.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a policy makes of one event, and why.
 *
 * @param event alias of its type
 * @param version the policy
 * @param actions what was decided, each with the rule that asked
 * @param rules the rules that are about such an event: those that fired first, then those that nearly did
 * @param unseen why it is shown to no rule at all; absent if it is
 */
public record PolicyExplanation(
        String event,
        String version,
        List<String> actions,
        List<RuleReading> rules,
        @Nullable String unseen) {

    /** As JSON for {@code --json} and the API. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("event", event);
        json.put("version", version);
        if (unseen != null) {
            json.put("unseen", unseen);
        }
        json.put("actions", actions);
        json.put("rules", rules.stream().map(RuleReading::toJson).toList());
        return json;
    }
}
