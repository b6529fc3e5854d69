package io.signalbox.decide;

import io.signalbox.decide.RuleTokens.ForbiddenException;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventType;
import io.signalbox.event.History;
import io.signalbox.event.SpokenDuration;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.PatternDescr;
import org.jspecify.annotations.Nullable;

/**
 * What may be asked of a subject's history. Type and window stand in the rule as texts, so that it is known before any
 * rule runs how far back the ledger must be asked.
 */
final class HistoryLint {

    private static final Pattern WRITTEN_OUT =
            Pattern.compile("\\bcount\\s*\\(\\s*\"(?<type>[^\"]*)\"\\s*,\\s*\"(?<within>[^\"]*)\"\\s*\\)");

    private static final Set<String> ALIASES =
            EventCatalog.types().stream().map(EventType::alias).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> FAMILIES =
            EventCatalog.types().stream().map(EventType::family).collect(Collectors.toUnmodifiableSet());

    private HistoryLint() {}

    /** @throws ForbiddenException if this is asked in another form, or of a type that there is not */
    static void check(PatternDescr pattern) {
        for (BaseDescr constraint : pattern.getDescrs()) {
            String text = String.valueOf(constraint.getText());
            Matcher call = WRITTEN_OUT.matcher(text);
            int written = 0;
            while (call.find()) {
                written++;
                checkType(call.group("type"));
                String within = call.group("within");
                Optional<Duration> window = SpokenDuration.parse(within);
                if (window.isEmpty()) {
                    throw new ForbiddenException("counts within \"" + within + "\"; a time is " + SpokenDuration.FORM);
                }
                if (window.get().compareTo(History.LONGEST) > 0) {
                    throw new ForbiddenException("counts within \"" + within + "\"; the longest window is "
                            + History.LONGEST.toDays() + " days");
                }
            }
            // By its words, so that a comment in between hides nothing: who is not seen here is not looked up.
            if (calls(text) != written) {
                throw new ForbiddenException("computes what it counts; write History( count(\"caep/session-revoked\","
                        + " \"10 minutes\") >= 3 ), type and window as texts");
            }
        }
    }

    private static int calls(String text) {
        RuleTokens tokens = RuleTokens.of(text);
        int calls = 0;
        while (!tokens.atEnd()) {
            if (tokens.take().is("count") && tokens.peek().is("(")) {
                calls++;
            }
        }
        return calls;
    }

    private static void checkType(String type) {
        boolean known = type.equals("*")
                || type.equals("unknown")
                || ALIASES.contains(type)
                || type.endsWith("/*") && FAMILIES.contains(type.substring(0, type.length() - 2));
        if (!known) {
            throw new ForbiddenException(
                    "counts \"" + type + "\", which is no type of event, family/* or *" + Nearest.hint(type, ALIASES));
        }
    }

    /** The longest window in these rules; null if none asks for the history. */
    static @Nullable Duration longest(String drl) {
        return WRITTEN_OUT
                .matcher(drl)
                .results()
                .map(call -> SpokenDuration.parse(call.group(2)).orElse(Duration.ZERO))
                .max(Duration::compareTo)
                .orElse(null);
    }
}
