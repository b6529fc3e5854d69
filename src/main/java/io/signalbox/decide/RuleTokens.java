package io.signalbox.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a piece of a rule, without blanks and comments. Reads less than the rule compiler does, on purpose: what
 * is not recognised here is not allowed. Nothing holds a Unicode escape, which Java would read before it reads quotes and
 * the ends of comments, and nothing a double quote between single ones, which the engine turns into double ones.
 */
final class RuleTokens {

    private static final Pattern TOKEN = Pattern.compile(
            "\\s+"
                    + "|//[^\\n\\r]*"
                    + "|/\\*.*?\\*/"
                    + "|(?<text>\"(?:[^\"\\\\\\n]++|\\\\[^u\\n])*+\"|'[^'\"\\\\\\n]*+')"
                    + "|(?<number>[0-9][0-9_]*(?:\\.[0-9]+)?[LlBbIiDdFf]?)"
                    + "|(?<name>[A-Za-z_$][A-Za-z0-9_$]*)"
                    + "|(?<mark>==|!=|<=|>=|&&|\\|\\||!\\.|[().,;:\\[\\]<>!+*/%|-])",
            Pattern.DOTALL);

    private static final String UNICODE_ESCAPE = "\\u";

    enum Kind {
        TEXT,
        NUMBER,
        NAME,
        MARK,
        END
    }

    /** @param line how many lines below the first */
    record Token(Kind kind, String text, int line) {

        boolean is(String mark) {
            return (kind == Kind.MARK || kind == Kind.NAME) && text.equals(mark);
        }
    }

    private final List<Token> tokens;
    private final Token end;
    private int next;

    private RuleTokens(List<Token> tokens, Token end) {
        this.tokens = tokens;
        this.end = end;
    }

    /** @throws ForbiddenException at the first sign that is part of no allowed word */
    static RuleTokens of(String source) {
        int escape = source.indexOf(UNICODE_ESCAPE);
        if (escape >= 0) {
            throw new ForbiddenException("'\\u' is not allowed here", lines(source.substring(0, escape)));
        }
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(source);
        int at = 0;
        int line = 0;
        while (at < source.length()) {
            matcher.region(at, source.length());
            if (!matcher.lookingAt()) {
                throw new ForbiddenException("'" + source.charAt(at) + "' is not allowed here", line);
            }
            for (Kind kind : new Kind[] {Kind.TEXT, Kind.NUMBER, Kind.NAME, Kind.MARK}) {
                String text = matcher.group(kind.name().toLowerCase(Locale.ROOT));
                if (text != null) {
                    tokens.add(new Token(kind, text, line));
                }
            }
            line += lines(matcher.group());
            at = matcher.end();
        }
        return new RuleTokens(tokens, new Token(Kind.END, "the end", line));
    }

    private static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** The same, to look ahead in. */
    RuleTokens copy() {
        RuleTokens copy = new RuleTokens(tokens, end);
        copy.next = next;
        return copy;
    }

    boolean atEnd() {
        return next >= tokens.size();
    }

    Token peek() {
        return atEnd() ? end : tokens.get(next);
    }

    Token take() {
        Token token = peek();
        next++;
        return token;
    }

    /** How many lines below the first the word stands that was taken last. */
    int line() {
        return next == 0
                ? 0
                : next > tokens.size() ? end.line() : tokens.get(next - 1).line();
    }

    /** Takes the next word if it is this one. */
    boolean takes(String mark) {
        boolean is = peek().is(mark);
        if (is) {
            next++;
        }
        return is;
    }

    void expect(String mark) {
        Token token = take();
        if (!token.is(mark)) {
            throw new ForbiddenException(
                    "'" + mark + "' is expected where '" + token.text() + "' stands", token.line());
        }
    }

    /** What a rule may not say. */
    static final class ForbiddenException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final int line;

        ForbiddenException(String message) {
            this(message, 0);
        }

        /** @param line how many lines below the first of the piece that was read */
        ForbiddenException(String message, int line) {
            super(message);
            this.line = line;
        }

        int line() {
            return line;
        }

        /** With what may be said instead. */
        String problem() {
            return String.valueOf(getMessage());
        }
    }
}
