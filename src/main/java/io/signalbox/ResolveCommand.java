package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.act.resolve.ResolveIdentity;
import io.signalbox.action.Identities;
import io.signalbox.action.Identities.Explained;
import io.signalbox.http.CommandHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectNotation;
import io.signalbox.wire.Wire;
import java.io.PrintStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.bind.BindException;

/**
 * {@code resolve}: whom a subject is at each target, by the same chains as the gateway's, asked anew: each step, what was
 * asked, what came back, and which one decided.
 */
final class ResolveCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar resolve <subject> [--target <name> ...] [--json] [--key=value ...]
                        a subject: email:alice@acme.example, iss_sub:https://idp.example.com,8f3a, or JSON""";

    private ResolveCommand() {}

    /** Gives the exit code: 0 every target asked knows whom it is told, 1 one does not or does not answer, 2 misuse. */
    static int run(List<String> arguments, PrintStream out, Clock clock) {
        try {
            CommandLine line = CommandLine.read(arguments, Set.of("json"), Set.of("target", "ca-file", "allow"));
            if (line.words().size() != 1) {
                throw new Misuse("one subject is needed");
            }
            SubjectIdentifier subject = subject(line.words().get(0))
                    .orElseThrow(() -> new Misuse(
                            "This is no subject: write email:alice@acme.example, iss_sub:<iss>,<sub>, or JSON"));
            return explain(line, subject, out, clock);
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private static Optional<SubjectIdentifier> subject(String text) {
        try {
            return text.startsWith("{") ? SubjectIdentifier.of(Wire.readObject(text)) : SubjectNotation.read(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int explain(CommandLine line, SubjectIdentifier subject, PrintStream out, Clock clock) {
        List<Explained> all;
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), List.of())) {
            Identities identities = ResolveIdentity.configured(configured.environment(), http, http.sockets(), clock);
            all = identities.explain(subject);
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            String why = ReceiverCommand.reason(e);
            out.println(line.has("json") ? Wire.write(Map.of("result", "misconfigured", "cause", why)) : why);
            return CommandLine.BAD;
        }
        List<String> names = all.stream().map(Explained::target).toList();
        for (String asked : line.all("target")) {
            if (!names.contains(asked)) {
                throw new Misuse("--target " + asked + " is not configured; there are " + names);
            }
        }
        List<Explained> shown = all.stream()
                .filter(one -> !line.has("target") || line.all("target").contains(one.target()))
                .toList();
        boolean matched = !shown.isEmpty() && shown.stream().allMatch(Explained::matched);
        if (line.has("json")) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("subject", subject.toJson());
            form.put("key", subject.key());
            form.put("matched", matched);
            form.put("targets", shown);
            out.println(Wire.write(form));
        } else {
            tell(subject, shown, out);
        }
        return matched ? CommandLine.GOOD : CommandLine.BAD;
    }

    private static void tell(SubjectIdentifier subject, List<Explained> shown, PrintStream out) {
        out.println(printable(Wire.write(subject.toJson()) + "   " + subject.key()));
        if (shown.isEmpty()) {
            out.println("no target is configured");
        }
        for (Explained one : shown) {
            out.println(printable(one.target() + ": "
                    + (one.identity() == null ? one.verdict() + " (" + one.detail() + ")" : one.identity())));
            for (int i = 0; i < one.steps().size(); i++) {
                Identities.Look look = one.steps().get(i);
                out.println(printable("  " + (i + 1) + " " + look.step() + "  asked " + look.asked() + "  got "
                        + look.found() + (i == one.steps().size() - 1 ? "  <- decides" : "")));
            }
        }
    }

    private static String printable(String text) {
        return ReceiverCommand.printable(text);
    }
}
