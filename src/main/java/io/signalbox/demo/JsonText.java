package io.signalbox.demo;

/**
 * The little JSON that {@link SendSignal} needs. It runs from the compiled classes alone, where no JSON library is at
 * hand.
 */
final class JsonText {

    private JsonText() {}

    static String quote(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** The same text with a line for each member; what is no JSON comes out much as it went in. */
    static String indent(String json) {
        StringBuilder out = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"' && !escaped(json, i)) {
                quoted = !quoted;
            }
            if (quoted || c == '"') {
                out.append(c);
            } else if (c == '{' || c == '[') {
                boolean empty = i + 1 < json.length() && (json.charAt(i + 1) == '}' || json.charAt(i + 1) == ']');
                out.append(c);
                if (empty) {
                    out.append(json.charAt(++i));
                } else {
                    line(out, ++depth);
                }
            } else if (c == '}' || c == ']') {
                line(out, --depth);
                out.append(c);
            } else if (c == ',') {
                line(out.append(c), depth);
            } else if (c == ':') {
                out.append(": ");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean escaped(String json, int at) {
        int slashes = 0;
        while (at - slashes > 0 && json.charAt(at - slashes - 1) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }

    private static void line(StringBuilder out, int depth) {
        out.append('\n').append("  ".repeat(Math.max(0, depth)));
    }
}
