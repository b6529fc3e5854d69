package io.signalbox.decide;

import io.signalbox.decide.PolicyCase.Expected;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.EventPayload;
import io.signalbox.event.EventType;
import io.signalbox.event.Posture;
import io.signalbox.event.ScimMapping;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.event.SpokenDuration;
import io.signalbox.event.UnknownEvent;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.VerifiedSet;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads {@code .cases.yaml} files; what is wrong in one case does not hide the others. */
final class CaseReader {

    /** When the event of a case happens that says nothing of it. */
    static final Instant USUAL_TIME = Instant.parse("2026-11-22T09:59:57Z");

    /** Whom a case is about that names nobody. */
    static final SubjectIdentifier ADA = new SubjectIdentifier("email", Map.of("email", "ada@acme.example"));

    static final String USUAL_ISSUER = "https://idp.acme.example";

    private static final List<String> MEMBERS =
            List.of("case", "given", "posture", "history", "at", "issuer", "capable", "then", "severity", "near-miss");
    private static final List<String> OF_AN_ACTION = List.of("kind", "lasts", "because", "at", "with");
    private static final Duration ARRIVAL = Duration.ofSeconds(2);

    private final String file;
    private final List<PolicyProblem> problems;

    private CaseReader(String file, List<PolicyProblem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Something in a case that cannot be read. */
    private static final class Unreadable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    /** The cases of all rules, in the order of the files. */
    static List<PolicyCase> of(PolicyFiles files, List<PolicyProblem> problems) {
        List<PolicyCase> cases = new ArrayList<>();
        for (String rules : files.rules()) {
            String file = PolicyFiles.casesOf(rules);
            String text = files.contents().get(file);
            // That there is none is told by the files themselves.
            if (text != null) {
                cases.addAll(read(file, text, problems));
            }
        }
        return cases;
    }

    static List<PolicyCase> read(String file, String text, List<PolicyProblem> problems) {
        return new CaseReader(file, problems).cases(text);
    }

    private List<PolicyCase> cases(String text) {
        List<PolicyCase> cases = new ArrayList<>();
        Object content;
        List<Integer> lines = new ArrayList<>();
        try {
            content = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            if (root instanceof SequenceNode sequence) {
                sequence.getValue()
                        .forEach(node -> lines.add(node.getStartMark().getLine() + 1));
            }
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            problems.add(PolicyProblem.error(file, null, line, "is no YAML: " + e.getProblem()));
            return cases;
        } catch (YAMLException e) {
            problems.add(PolicyProblem.error(file, null, 0, "is no YAML: " + e.getMessage()));
            return cases;
        }
        if (!(content instanceof List<?> entries)) {
            problems.add(PolicyProblem.error(file, null, 0, "must be a list of cases; see src/docs/policy.md"));
            return cases;
        }
        for (int i = 0; i < entries.size(); i++) {
            int line = i < lines.size() ? lines.get(i) : 0;
            try {
                cases.add(read(line, object("a case", entries.get(i))));
            } catch (Unreadable e) {
                problems.add(PolicyProblem.error(file, null, line, String.valueOf(e.getMessage())));
            }
        }
        return cases;
    }

    private PolicyCase read(int line, Map<String, Object> entry) {
        for (String member : entry.keySet()) {
            if (!MEMBERS.contains(member)) {
                throw new Unreadable("a case has no member '" + member + "'" + Nearest.hint(member, MEMBERS)
                        + "; it has " + String.join(", ", MEMBERS));
            }
        }
        if (!(entry.get("case") instanceof String sentence) || !(entry.get("then") instanceof List<?> then)) {
            throw new Unreadable("a case says in 'case' what it shows, and in 'then' the list of expected actions");
        }
        Instant at = entry.get("at") == null ? USUAL_TIME : time(entry.get("at"));
        String issuer = text(entry.getOrDefault("issuer", USUAL_ISSUER));
        Map<String, Object> given = new LinkedHashMap<>(object("given", entry.get("given")));
        String event = text(given.remove("event"));
        Object named = given.remove("subject");
        SubjectIdentifier about = named == null
                ? ADA
                : SubjectIdentifier.of(object("subject", named))
                        .orElseThrow(() -> new Unreadable("the subject has no format that can be read"));
        if (named != null && namesItsSubject(event)) {
            given.put("subject", named);
        }
        Signal signal = signal(issuer, about, event, given, at, "jti-case");
        SecurityEvent first = signal.events().get(0);
        List<Posture.Known> known = new ArrayList<>();
        object("posture", entry.getOrDefault("posture", Map.of()))
                .forEach((aspect, value) -> known.add(new Posture.Known(
                        Posture.nameFor(first, aspect), text(value), at.minusSeconds(3_600), "sig-before")));
        return new PolicyCase(
                file,
                line,
                sentence,
                event,
                signal,
                Map.of(about.key(), Posture.of(known)),
                history(entry.get("history"), issuer, about, first.receivedAt()),
                entry.get("capable") == null ? null : new LinkedHashSet<>(texts("capable", entry.get("capable"))),
                then.stream().map(this::expected).toList(),
                entry.get("severity") == null ? null : text(entry.get("severity")),
                entry.get("near-miss") == null ? null : text(entry.get("near-miss")));
    }

    /** What was heard before, each so long before the event of the case. */
    private List<SecurityEvent> history(
            @Nullable Object entries, String issuer, SubjectIdentifier about, Instant receivedAt) {
        List<SecurityEvent> history = new ArrayList<>();
        if (entries == null) {
            return history;
        }
        if (!(entries instanceof List<?> list)) {
            throw new Unreadable("'history' is a list of earlier events");
        }
        for (Object each : list) {
            Map<String, Object> given = new LinkedHashMap<>(object("history", each));
            String event = text(given.remove("event"));
            Duration ago = duration("ago", given.remove("ago"));
            Object times = given.remove("times");
            int count = times == null ? 1 : times instanceof Integer number && number > 0 ? number : 0;
            if (count == 0) {
                throw new Unreadable("'times' says how often, a whole number from 1");
            }
            Signal before =
                    signal(issuer, about, event, given, receivedAt.minus(ago).minus(ARRIVAL), "jti-" + history.size());
            for (int i = 0; i < count; i++) {
                history.addAll(before.events());
            }
        }
        return history;
    }

    private Signal signal(
            String issuer, SubjectIdentifier about, String event, Map<String, Object> claims, Instant at, String jti) {
        String uri = uri(event);
        if (EventCatalog.read(uri, claims) instanceof EventCatalog.Reading.Malformed malformed) {
            throw new Unreadable("the event " + event + " cannot be read: " + malformed.claim() + " " + malformed.why()
                    + "; src/docs/events.md lists its claims");
        }
        return event(new VerifiedSet(
                issuer,
                jti,
                at,
                List.of("https://signals.acme.example"),
                null,
                null,
                about,
                Map.of(uri, claims),
                "header.payload.signature",
                at.plus(ARRIVAL)));
    }

    /** The one event of a case's signal; what stages do with several needs no case. */
    private static Signal event(VerifiedSet set) {
        String uri = set.events().keySet().iterator().next();
        EventPayload payload = EventCatalog.read(uri, set.events().getOrDefault(uri, Map.of()))
                        instanceof EventCatalog.Reading.Read read
                ? read.payload()
                : new UnknownEvent(uri, set.events().getOrDefault(uri, Map.of()));
        Instant own = payload.ownTime();
        return new Signal(
                set,
                ScimMapping.withMeanings(List.of(new SecurityEvent(
                        set.id(),
                        set.iss(),
                        set.txn(),
                        set.subject(),
                        payload,
                        own == null ? set.iat() : own,
                        set.receivedAt()))));
    }

    /** Absolute URIs name themselves; anything else must be an alias that there is. */
    private static String uri(String event) {
        List<String> aliases = new ArrayList<>();
        for (EventType type : EventCatalog.types()) {
            if (type.alias().equals(event)) {
                return type.uri();
            }
            aliases.add(type.alias());
        }
        if (!event.contains(":")) {
            throw new Unreadable("there is no type of event '" + event + "'" + Nearest.hint(event, aliases)
                    + "; src/docs/events.md lists them, and any other is named by its URI");
        }
        return event;
    }

    /** Types of some families have no other place for it than the event itself. */
    private static boolean namesItsSubject(String event) {
        return EventCatalog.type(uri(event)).stream()
                .flatMap(type -> type.claims().stream())
                .anyMatch(claim -> claim.name().equals("subject"));
    }

    private Expected expected(@Nullable Object action) {
        if (action instanceof String kind) {
            return new Expected(kind, null, null, null, null);
        }
        Map<String, Object> members = object("an expected action", action);
        for (String member : members.keySet()) {
            if (!OF_AN_ACTION.contains(member)) {
                throw new Unreadable(
                        "an expected action has no member '" + member + "'; it has " + String.join(", ", OF_AN_ACTION));
            }
        }
        Map<String, String> parameters = null;
        if (members.get("with") != null) {
            parameters = new TreeMap<>();
            Map<String, String> all = parameters;
            object("with", members.get("with")).forEach((name, value) -> all.put(name, text(value)));
        }
        return new Expected(
                text(members.get("kind")),
                members.get("lasts") == null ? null : duration("lasts", members.get("lasts")),
                members.get("because") == null ? null : text(members.get("because")),
                members.get("at") == null ? null : text(members.get("at")),
                parameters);
    }

    private static Duration duration(String member, @Nullable Object value) {
        return SpokenDuration.parse(String.valueOf(value))
                .orElseThrow(() -> new Unreadable("'" + member + "' is " + SpokenDuration.FORM));
    }

    private static Instant time(@Nullable Object value) {
        if (value instanceof Date date) {
            return date.toInstant();
        }
        try {
            return Instant.parse(String.valueOf(value));
        } catch (DateTimeException e) {
            throw new Unreadable("'at' is a time in UTC such as 2026-11-22T10:00:00Z");
        }
    }

    private static List<String> texts(String member, @Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new Unreadable("'" + member + "' is a list");
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            throw new Unreadable("a case gives an event by its type, as in { event: caep/session-revoked }");
        }
        return String.valueOf(value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String what, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new Unreadable("'" + what + "' is an object");
    }
}
