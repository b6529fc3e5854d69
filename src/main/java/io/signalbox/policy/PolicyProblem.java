package io.signalbox.policy;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong in a policy, for whoever wrote it.
 *
 * @param weight whether the policy may be used all the same
 * @param file path below the rules folder
 * @param rule the rule's name; absent if it is about the file
 * @param line in that file, from 1; 0 if it is about the file as a whole
 * @param what the fault, and how to mend it
 */
public record PolicyProblem(
        Weight weight, String file, @Nullable String rule, int line, String what) {

    /** How much it matters. */
    public enum Weight {
        /** Such a policy must not be published. */
        ERROR,
        /** Likely a mistake; it can be meant. */
        WARNING
    }

    /** An error. */
    public static PolicyProblem error(String file, @Nullable String rule, int line, String what) {
        return new PolicyProblem(Weight.ERROR, file, rule, line, what);
    }

    /** A warning. */
    public static PolicyProblem warning(String file, @Nullable String rule, int line, String what) {
        return new PolicyProblem(Weight.WARNING, file, rule, line, what);
    }

    public boolean isError() {
        return weight == Weight.ERROR;
    }

    /** One line that editors and terminals know how to follow. */
    public String text() {
        return file + (line > 0 ? ":" + line : "") + (rule == null ? "" : ", rule \"" + rule + "\"") + ": " + what;
    }

    /** As JSON for {@code --json} and the API. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("weight", weight.name().toLowerCase(Locale.ROOT));
        json.put("file", file);
        if (rule != null) {
            json.put("rule", rule);
        }
        if (line > 0) {
            json.put("line", line);
        }
        json.put("what", what);
        return json;
    }

    @Override
    public String toString() {
        return text();
    }
}
