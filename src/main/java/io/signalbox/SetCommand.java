package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.http.CommandHttp;
import io.signalbox.http.GuardedHttp;
import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import io.signalbox.stream.SetRules;
import io.signalbox.stream.UnverifiedSet;
import io.signalbox.verify.VerifySet;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;

/**
 * {@code set decode} shows what a SET says; {@code set verify} decides about it as the gateway's door would; {@code set send}
 * pushes it to a receiver and tells what that answers. A SET is read from a file or, for {@code -}, from the standard input.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8935#section-2">RFC 8935, section 2</a>
 */
final class SetCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar set decode <file|-> [--json]
                   java -jar signalbox.jar set verify <file|-> [--json] [--ca-file <PEM file>] [--key=value ...]
                        by signalbox.trust, or by the keys that are named instead:
                        --jwks <file or URL> [--issuer <URL>] [--audience <name> ...]
                   java -jar signalbox.jar set send <file|-> --to <URL> [--authorization-header-file <file>]
                        [--json] [--ca-file <PEM file>]""";

    private static final Set<String> SWITCHES = Set.of("json");
    private static final Set<String> OPTIONS =
            Set.of("jwks", "issuer", "audience", "ca-file", "allow", "to", "authorization-header-file");
    private static final int MAX_BYTES = 256 * 1024;

    private static final int MAX_ANSWER = 64 * 1024;

    /** Where the keys of a file are, for a check that wants to know where; nothing is ever called there. */
    private static final URI IN_A_FILE = URI.create("https://jwks.file.invalid/");

    private final CommandLine line;
    private final InputStream in;
    private final PrintStream out;
    private final Clock clock;

    private SetCommand(CommandLine line, InputStream in, PrintStream out, Clock clock) {
        this.line = line;
        this.in = in;
        this.out = out;
        this.clock = clock;
    }

    /** Gives the exit code: 0 it can be read, or is accepted here or there, 1 it cannot or is not, 2 misuse. */
    static int run(List<String> arguments, InputStream in, PrintStream out, Clock clock) {
        try {
            CommandLine line = CommandLine.read(arguments, SWITCHES, OPTIONS);
            if (line.words().size() != 2) {
                throw new Misuse("one word and one file are needed");
            }
            SetCommand command = new SetCommand(line, in, out, clock);
            return switch (line.words().get(0)) {
                case "decode" -> command.decode();
                case "verify" -> command.verify();
                case "send" -> command.send();
                default -> throw new Misuse(line.words().get(0) + " is nothing that can be done with a SET");
            };
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private int decode() {
        String compact = compact();
        if (compact == null) {
            return CommandLine.BAD;
        }
        try {
            UnverifiedSet set = UnverifiedSet.parse(compact);
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("verified", false);
            form.put("header", set.header());
            form.put("claims", set.claims());
            if (line.has("json")) {
                out.println(Wire.write(form));
            } else {
                out.println("NOT VERIFIED: anybody can have written this.");
                out.println("header");
                out.println(indented(set.header()));
                out.println("claims");
                out.println(indented(set.claims()));
            }
            return CommandLine.GOOD;
        } catch (IllegalArgumentException e) {
            return bad("This cannot be read as a SET: " + e.getMessage());
        }
    }

    private int verify() {
        if (!line.has("jwks") && (line.has("issuer") || line.has("audience"))) {
            throw new Misuse("--issuer and --audience go with --jwks; without it signalbox.trust says who is trusted");
        }
        String compact = compact();
        if (compact == null) {
            return CommandLine.BAD;
        }
        try {
            if (line.has("jwks")) {
                return verifyByKeys(compact, line.needed("jwks"));
            }
            try (Configured configured = line.configured();
                    CommandHttp http = CommandHttp.open(configured.environment(), List.of());
                    VerifySet step = VerifySet.configured(configured.environment(), http, clock)) {
                return tell(compact, step, List.of());
            }
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            return bad(ReceiverCommand.reason(e));
        }
    }

    private int verifyByKeys(String compact, String jwks) {
        UnverifiedSet content;
        try {
            content = UnverifiedSet.parse(compact);
        } catch (IllegalArgumentException e) {
            return bad("This cannot be read as a SET: " + e.getMessage());
        }
        List<String> unchecked = new ArrayList<>();
        String issuer = line.one("issuer").orElseGet(() -> {
            unchecked.add("issuer");
            return content.text("iss").filter(iss -> !iss.isBlank()).orElse("none");
        });
        List<String> audiences = new ArrayList<>(line.all("audience"));
        if (audiences.isEmpty()) {
            unchecked.add("audience");
            content.audience().stream().filter(name -> !name.isBlank()).forEach(audiences::add);
        }
        if (audiences.isEmpty()) {
            audiences.add("none");
        }
        if (!jwks.startsWith("https://") && !jwks.startsWith("http://")) {
            return verifyByFile(compact, jwks, issuer, audiences, unchecked);
        }
        URI uri = URI.create(jwks);
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), ReceiverCommand.hosts(jwks));
                VerifySet step = VerifySet.of(issuer, uri, audiences, http, clock)) {
            return tell(compact, step, unchecked);
        }
    }

    private int verifyByFile(
            String compact, String file, String issuer, List<String> audiences, List<String> unchecked) {
        byte[] document;
        try {
            document = Files.readAllBytes(Path.of(file));
            if (!(Wire.readObject(new String(document, StandardCharsets.UTF_8)).get("keys") instanceof Collection<?>)) {
                return bad("--jwks: " + file + " holds no key set, an object with an array keys");
            }
        } catch (IOException | InvalidPathException e) {
            return bad("--jwks: " + file + " cannot be read");
        } catch (IllegalArgumentException e) {
            return bad("--jwks: " + file + " holds no JSON object");
        }
        GuardedHttp keys = request -> new GuardedHttp.Result.Answered(200, Map.of(), document);
        // Opened for its log alone, which is silent: what is said of a refusal there would stand before the verdict.
        try (Configured configured = line.configured();
                VerifySet step = VerifySet.of(issuer, IN_A_FILE, audiences, keys, clock)) {
            return tell(compact, step, unchecked);
        }
    }

    private int tell(String compact, VerifySet step, List<String> unchecked) {
        Verdict verdict = step.verify(new RawSet(compact, clock.instant()));
        Map<String, Object> form = new LinkedHashMap<>();
        String sentence;
        if (verdict instanceof Verdict.Accepted accepted) {
            form.put("verdict", "accepted");
            form.put("iss", accepted.set().iss());
            form.put("jti", accepted.set().jti());
            form.put("iat", accepted.set().iat().toString());
            form.put("aud", accepted.set().aud());
            form.put("events", accepted.set().events().keySet());
            sentence = "accepted: jti " + accepted.set().jti() + " of "
                    + accepted.set().iss() + ", "
                    + String.join(", ", accepted.set().events().keySet());
        } else if (verdict instanceof Verdict.Refused refused) {
            form.put("verdict", "refused");
            form.put("code", refused.error().code());
            form.put("rule", SetRules.rule(refused.error()));
            form.put("description", refused.description());
            sentence = "refused: " + refused.error().code() + " (" + SetRules.rule(refused.error()) + "): "
                    + refused.description();
        } else {
            String why = ((Verdict.Undecided) verdict).why();
            form.put("verdict", "undecided");
            form.put("rule", "R-08");
            form.put("description", why);
            sentence = "undecided (R-08): " + why;
        }
        form.put("unchecked", unchecked);
        if (line.has("json")) {
            out.println(Wire.write(form));
        } else {
            out.println(ReceiverCommand.printable(sentence));
            if (!unchecked.isEmpty()) {
                out.println("not checked: " + String.join(" and ", unchecked)
                        + ", as none was named (--issuer, --audience)");
            }
        }
        return verdict instanceof Verdict.Accepted ? CommandLine.GOOD : CommandLine.BAD;
    }

    /** As it is, and not looked at before: what is wrong with it is for the receiver to say. */
    private int send() {
        String to = line.needed("to");
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/secevent+jwt");
        headers.put("Accept", "application/json");
        URI uri;
        try {
            uri = URI.create(to);
        } catch (IllegalArgumentException e) {
            throw new Misuse("--to is no URL");
        }
        Optional<String> authorization = line.one("authorization-header-file");
        if (authorization.isPresent()) {
            try {
                headers.put(
                        "Authorization",
                        Files.readString(Path.of(authorization.get())).strip());
            } catch (IOException | InvalidPathException e) {
                throw new Misuse("--authorization-header-file: " + authorization.get() + " cannot be read");
            }
        }
        String compact = compact();
        if (compact == null) {
            return CommandLine.BAD;
        }
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), ReceiverCommand.hosts(to))) {
            return told(http.exchange(new GuardedHttp.Request(
                    "POST", uri, headers, compact.getBytes(StandardCharsets.UTF_8), MAX_ANSWER, null)));
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            return bad(ReceiverCommand.reason(e));
        }
    }

    private int told(GuardedHttp.Result result) {
        Map<String, Object> form = new LinkedHashMap<>();
        String sentence;
        boolean taken = false;
        if (result instanceof GuardedHttp.Result.Answered answer) {
            taken = answer.status() == 202;
            form.put("answer", taken ? "accepted" : "refused");
            form.put("status", answer.status());
            sentence = (taken ? "accepted: " : "refused: ") + answer.status();
            Map<String, Object> error = taken ? Map.of() : error(answer);
            for (String member : List.of("err", "description")) {
                if (error.get(member) instanceof String text) {
                    form.put(member, text);
                    sentence += (member.equals("err") ? " " : ": ") + text;
                }
            }
            List<String> again = answer.headers().getOrDefault("retry-after", List.of());
            if (!taken && !again.isEmpty()) {
                form.put("retryAfter", again.get(0));
                sentence += "; again after " + again.get(0);
            }
        } else {
            String why = result instanceof GuardedHttp.Result.Forbidden forbidden
                    ? forbidden.why()
                    : result instanceof GuardedHttp.Result.Unreachable unreachable
                            ? unreachable.why()
                            : "the answer is longer than " + MAX_ANSWER + " bytes";
            form.put("answer", "none");
            form.put("description", why);
            sentence = "no answer: " + why;
        }
        out.println(line.has("json") ? Wire.write(form) : ReceiverCommand.printable(sentence));
        return taken ? CommandLine.GOOD : CommandLine.BAD;
    }

    /** The body that RFC 8935 has for a refusal; empty if it is another. */
    private static Map<String, Object> error(GuardedHttp.Result.Answered answer) {
        try {
            return Wire.readObject(new String(answer.body(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Map.of();
        }
    }

    /** Null after it was said why there is none. */
    private @Nullable String compact() {
        String file = line.words().get(1);
        try {
            byte[] bytes;
            if (file.equals("-")) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            } else {
                try (InputStream opened = Files.newInputStream(Path.of(file))) {
                    bytes = opened.readNBytes(MAX_BYTES + 1);
                }
            }
            if (bytes.length > MAX_BYTES) {
                bad(file + " is too long for a SET");
                return null;
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException | InvalidPathException e) {
            bad(file + " cannot be read");
            return null;
        }
    }

    private int bad(String why) {
        out.println(line.has("json") ? Wire.write(Map.of("verdict", "unreadable", "description", why)) : why);
        return CommandLine.BAD;
    }

    private static String indented(Map<String, Object> json) {
        StringBuilder text = new StringBuilder();
        json.forEach((name, value) -> text.append("  ")
                .append(Wire.write(name))
                .append(": ")
                .append(Wire.write(value))
                .append('\n'));
        return text.toString().stripTrailing();
    }
}
