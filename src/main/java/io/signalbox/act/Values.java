package io.signalbox.act;

import io.signalbox.action.Action;
import io.signalbox.action.Severity;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a placeholder of a connector's call stands for. */
final class Values {

    private final Action action;
    private final Map<String, String> options;
    private final Map<String, Object> properties;
    private final @Nullable String resolved;
    private final Clock clock;
    private final Supplier<String> secret;

    Values(
            Action action,
            Map<String, String> options,
            Map<String, Object> properties,
            @Nullable String resolved,
            Clock clock,
            Supplier<String> secret) {
        this.action = action;
        this.options = options;
        this.properties = properties;
        this.resolved = resolved;
        this.clock = clock;
        this.secret = secret;
    }

    /** What the route keeps under this name, as it is; absent for anything that is no property. */
    @Nullable
    Object raw(String name) {
        return name.startsWith("property.") ? properties.get(name.substring("property.".length())) : null;
    }

    /** The value as text; absent or empty if there is none. */
    @Nullable
    String text(String name) {
        int dot = name.indexOf('.');
        String family = dot < 0 ? name : name.substring(0, dot);
        String member = dot < 0 ? "" : name.substring(dot + 1);
        return switch (family) {
            case "option" -> options.get(member);
            case "parameter" -> action.parameters().get(member);
            case "property" -> {
                Object value = properties.get(member);
                yield value == null ? null : String.valueOf(value);
            }
            case "time" -> time(member);
            case "severity" ->
                member.equals("number")
                        ? String.valueOf(number(action.severity()))
                        : action.severity().name();
            default -> dot < 0 ? word(name) : null;
        };
    }

    private @Nullable String word(String name) {
        return switch (name) {
            case "user" ->
                resolved != null && !action.kind().startsWith("device.")
                        ? resolved
                        : SubjectNames.user(action, options);
            case "device" ->
                resolved != null && action.kind().startsWith("device.")
                        ? resolved
                        : SubjectNames.device(action, options);
            case "session" -> SubjectNames.session(action);
            case "address" -> SubjectNames.address(action);
            case "who" -> SubjectNames.shown(action, options);
            case "subject" -> action.subject() == null ? null : action.subject().key();
            case "action" -> action.id();
            case "signal" -> action.signalId();
            case "kind" -> action.kind();
            case "event" -> action.event();
            case "eventUri" -> action.eventUri();
            case "rule" -> action.because().rule();
            case "policy" -> action.because().policyVersion();
            case "why" -> why();
            case "lasts" ->
                action.lasts() == null ? null : String.valueOf(action.lasts().toSeconds());
            case "title" -> title();
            case "text" -> description();
            case "secret" -> secret.get();
            default -> throw new IllegalStateException("There is no placeholder {" + name + "}");
        };
    }

    /** For an operator: what is missing, and where it would come from. */
    String missing(String name) {
        return switch (name) {
            case "user", "device" ->
                action.subject() == null
                        ? "The signal names no subject"
                        : "The signal names no " + name + " in a form that this target is told to know (option " + name
                                + "-from)";
            case "session", "address" -> "The signal names no " + name;
            default ->
                name.startsWith("option.")
                        ? "The option " + name.substring("option.".length()) + " of the target is empty"
                        : "The action has no " + name;
        };
    }

    private String time(String member) {
        return switch (member) {
            case "epoch" -> String.valueOf(clock.instant().getEpochSecond());
            case "millis" -> String.valueOf(clock.instant().toEpochMilli());
            case "nanos" -> clock.instant().toEpochMilli() + "000000";
            default -> clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
        };
    }

    private String why() {
        String sentence = action.because().sentence();
        return sentence == null ? action.because().rule() : sentence;
    }

    /** One line. The action's id is no part of it: connectors put it where their target searches. */
    private String title() {
        String title = action.parameters().get("title");
        return title == null || title.isBlank() ? action.event() + ": " + why() : title;
    }

    private String description() {
        String text = action.parameters().getOrDefault("text", "");
        return (text.isBlank() ? "" : text + "\n\n")
                + "Why: " + why()
                + "\nEvent: " + action.event()
                + "\nSubject: " + SubjectNames.shown(action, options)
                + "\nSeverity: " + action.severity()
                + "\nSignal: " + action.signalId()
                + "\nAction: " + action.id();
    }

    /** From 0 to 10, as CEF counts (E-50): 9 and 10 are very high. */
    static int number(Severity severity) {
        return switch (severity) {
            case INFO -> 1;
            case LOW -> 3;
            case MEDIUM -> 5;
            case HIGH -> 8;
            case CRITICAL -> 10;
        };
    }
}
