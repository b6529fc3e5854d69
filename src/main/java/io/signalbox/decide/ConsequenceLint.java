package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.action.Severity;
import io.signalbox.decide.RuleTokens.ForbiddenException;
import io.signalbox.decide.RuleTokens.Kind;
import io.signalbox.decide.RuleTokens.Token;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.SpokenDuration;
import io.signalbox.event.UnknownEvent;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a then-part may say: calls on {@code actions}, each with what is said more of it. */
final class ConsequenceLint {

    private static final String MORE = ".lasting(\"4 hours\"), .because(\"…\") and .at(\"target\")";

    private static final Map<String, String> KINDS = kinds();
    private static final List<String> SEVERITIES =
            Arrays.stream(Severity.values()).map(Severity::name).toList();

    /**
     * One action that a rule asks for, as far as it can be told without running it.
     *
     * @param kind absent if it is computed
     * @param target absent if none is named
     * @param line how many lines below the first of the then-part
     */
    record Wish(@Nullable String kind, @Nullable String target, int line) {}

    private final RuleTokens tokens;
    private final Collection<Class<?>> payloads;
    private final List<Wish> wishes = new ArrayList<>();

    private ConsequenceLint(RuleTokens tokens, Collection<Class<?>> payloads) {
        this.tokens = tokens;
        this.payloads = payloads;
    }

    /**
     * Reads a then-part.
     *
     * @param payloads types of the events that the rule is about
     * @throws ForbiddenException at the first word that it may not say
     */
    static List<Wish> read(RuleTokens tokens, Collection<Class<?>> payloads) {
        ConsequenceLint lint = new ConsequenceLint(tokens, payloads);
        try {
            lint.calls();
        } catch (ForbiddenException e) {
            throw new ForbiddenException(e.problem(), Math.max(e.line(), tokens.line()));
        }
        return lint.wishes;
    }

    /** Kinds that have a word of their own, in order. */
    static Set<String> kindsWithAWord() {
        return new TreeSet<>(KINDS.values());
    }

    private void calls() {
        if (tokens.atEnd()) {
            throw new ForbiddenException("asks for nothing");
        }
        while (!tokens.atEnd()) {
            Token first = tokens.take();
            if (!first.is("actions")) {
                throw new ForbiddenException("says '" + first.text() + "'");
            }
            tokens.expect(".");
            Token word = tokens.take();
            if (word.kind() != Kind.NAME || !RuleVocabulary.actions().contains(word.text())) {
                throw new ForbiddenException("says 'actions." + word.text() + "', which is no action"
                        + Nearest.hint(word.text(), RuleVocabulary.actions()));
            }
            String kind = word.is("request") ? kindOfRequest() : KINDS.get(word.text());
            arguments();
            String target = RuleVocabulary.takesMore(word.text()) ? more() : null;
            tokens.expect(";");
            if (!word.is("severity")) {
                wishes.add(new Wish(kind, target, word.line()));
            }
        }
    }

    private @Nullable String kindOfRequest() {
        RuleTokens ahead = tokens.copy();
        ahead.expect("(");
        Token kind = ahead.take();
        if (kind.kind() != Kind.TEXT || !ahead.peek().is(",")) {
            return null;
        }
        String text = unquoted(kind);
        if (!ActionRequests.KIND.matcher(text).matches()) {
            throw new ForbiddenException(
                    "requests '" + text + "'; a kind of action is a dotted noun such as account.disable");
        }
        return text;
    }

    private void arguments() {
        tokens.expect("(");
        if (tokens.takes(")")) {
            return;
        }
        do {
            value();
        } while (tokens.takes(","));
        tokens.expect(")");
    }

    private void value() {
        do {
            Token token = tokens.take();
            if (token.kind() == Kind.TEXT && token.text().startsWith("\"") || token.kind() == Kind.NUMBER) {
                continue;
            }
            if (token.is("Severity")) {
                tokens.expect(".");
                Token level = tokens.take();
                if (SEVERITIES.stream().noneMatch(level::is)) {
                    throw new ForbiddenException(
                            "says 'Severity." + level.text() + "', which is none of " + String.join(", ", SEVERITIES));
                }
            } else if (token.is("Map")) {
                tokens.expect(".");
                tokens.expect("of");
                arguments();
            } else if (token.kind() == Kind.NAME && token.text().startsWith("$")) {
                members();
            } else {
                throw new ForbiddenException("passes '" + token.text() + "'");
            }
        } while (tokens.takes("+"));
    }

    private void members() {
        while (tokens.takes(".")) {
            Token member = tokens.take();
            if (member.kind() != Kind.NAME || !RuleVocabulary.isMember(member.text())) {
                throw new ForbiddenException("passes '" + member.text() + "', which is no member of the model");
            }
            tokens.expect("(");
            if (tokens.peek().kind() == Kind.TEXT) {
                tokens.take();
            }
            tokens.expect(")");
        }
    }

    /** Gives the target, if one is named. */
    private @Nullable String more() {
        String target = null;
        Set<String> said = new TreeSet<>();
        while (tokens.takes(".")) {
            Token word = tokens.take();
            if (!said.add(word.text())) {
                throw new ForbiddenException("says '." + word.text() + "' twice of one action");
            }
            switch (word.text()) {
                case "lasting" -> {
                    String time = text("a time");
                    if (SpokenDuration.parse(time).isEmpty()) {
                        throw new ForbiddenException(
                                "says lasting(\"" + time + "\"); a time is " + SpokenDuration.FORM);
                    }
                }
                case "because" -> {
                    String sentence = text("a sentence");
                    String flaw = Sentence.flaw(sentence, payloads);
                    if (flaw != null) {
                        throw new ForbiddenException("says because(\"" + sentence + "\"): " + flaw);
                    }
                }
                case "at" -> target = text("the name of a target");
                default ->
                    throw new ForbiddenException("says '." + word.text() + "'; of an action more is said with " + MORE);
            }
        }
        return target;
    }

    /** One text, whole: what is put together while the rule runs could not be checked before. */
    private String text(String what) {
        tokens.expect("(");
        Token text = tokens.take();
        if (text.kind() != Kind.TEXT
                || !text.text().startsWith("\"")
                || !tokens.peek().is(")")) {
            throw new ForbiddenException(
                    "puts together " + what + "; write it as one text in quotes, values in braces");
        }
        tokens.expect(")");
        return unquoted(text);
    }

    private static String unquoted(Token text) {
        return text.text().substring(1, text.text().length() - 1).replace("\\\"", "\"");
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new TreeMap<>();
        SecurityEvent nothing =
                new SecurityEvent("", "", null, null, new UnknownEvent("", Map.of()), Instant.EPOCH, Instant.EPOCH);
        for (Method word : Actions.class.getMethods()) {
            if (RuleVocabulary.takesMore(word.getName()) && !word.getName().equals("request")) {
                ActionRequests requests = new ActionRequests(Set.of(), nothing, Posture.NOTHING);
                Object[] arguments = new Object[word.getParameterCount()];
                Arrays.fill(arguments, "");
                try {
                    Object ignored = word.invoke(requests, arguments);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(word.getName() + " cannot be said", e);
                }
                kinds.put(word.getName(), requests.requests().get(0).kind());
            }
        }
        return Map.copyOf(kinds);
    }
}
