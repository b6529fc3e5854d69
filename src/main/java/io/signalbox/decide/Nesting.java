package io.signalbox.decide;

/**
 * How deep parentheses stand in one another. The parser of the engine tries each in several ways, so that its time triples
 * with each level: fourteen take minutes, and who may write a rule could hold up every node.
 */
final class Nesting {

    /** Deeper than anybody writes who wants to be understood. */
    static final int DEEPEST = 8;

    private Nesting() {}

    /** The deepest level outside of texts and comments; 0 if there are no parentheses. */
    static int of(String rules) {
        int deepest = 0;
        int depth = 0;
        int at = 0;
        while (at < rules.length()) {
            char c = rules.charAt(at);
            if (c == '(' || c == '[' || c == '{') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == ')' || c == ']' || c == '}') {
                depth = Math.max(0, depth - 1);
            }
            at = c == '"' || c == '\''
                    ? afterText(rules, at)
                    : rules.startsWith("//", at)
                            ? afterLine(rules, at)
                            : rules.startsWith("/*", at) ? afterComment(rules, at + 2) : at + 1;
        }
        return deepest;
    }

    private static int afterComment(String rules, int from) {
        int end = rules.indexOf("*/", from);
        return end < 0 ? rules.length() : end + 2;
    }

    private static int afterLine(String rules, int from) {
        int at = from;
        while (at < rules.length() && !endsLine(rules.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean endsLine(char c) {
        return c == '\n' || c == '\r';
    }

    /** A text that is not closed ends with its line: nothing that follows is hidden by it. */
    private static int afterText(String rules, int from) {
        char quote = rules.charAt(from);
        for (int at = from + 1; at < rules.length(); at++) {
            char c = rules.charAt(at);
            if (c == quote || endsLine(c)) {
                return at + 1;
            } else if (c == '\\') {
                at++;
            }
        }
        return rules.length();
    }
}
