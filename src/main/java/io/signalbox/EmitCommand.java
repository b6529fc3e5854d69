package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.http.CommandHttp;
import io.signalbox.http.GuardedHttp.Request;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.bind.BindException;

/**
 * {@code emit} has a running gateway tell its receivers something. {@code emit interop} tells all that the CAEP
 * interoperability profile is tried with.
 */
final class EmitCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar emit <type|interop> --subject <e-mail address or JSON> [--claims <JSON>]
                        [--stream <id>] [--txn <text>] [--id <text>] [--sample] [--json]
                        [--url http://localhost:8080] [--token-file <file> | --token-env <variable>] [--ca-file <PEM file>]
                   type: such as caep:session-revoked; --sample makes up the claims that it needs
                   the operator's token is read from ./data/admin-token if it is not named""";

    private static final Set<String> SWITCHES = Set.of("json", "sample");
    private static final Set<String> OPTIONS =
            Set.of("subject", "claims", "stream", "txn", "id", "url", "token-file", "token-env", "ca-file", "allow");
    private static final int MAX_BYTES = 1024 * 1024;

    private final CommandLine line;
    private final PrintStream out;

    private EmitCommand(CommandLine line, PrintStream out) {
        this.line = line;
        this.out = out;
    }

    /** Gives the exit code: 0 all was written for somebody, 1 something was not, 2 misuse. */
    static int run(List<String> arguments, PrintStream out) {
        try {
            CommandLine line = CommandLine.read(arguments, SWITCHES, OPTIONS);
            if (line.words().size() != 1) {
                throw new Misuse("one event type is needed, or interop");
            }
            return new EmitCommand(line, out).emit();
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            out.println(ReceiverCommand.reason(e));
            return CommandLine.MISUSE;
        }
    }

    private record Wish(String type, Map<String, Object> claims) {}

    /** One of each use case, and of credentials each change (I-40, I-41). */
    private static List<Wish> interop() {
        List<Wish> wishes = new ArrayList<>();
        wishes.add(new Wish("caep:session-revoked", Map.of("initiating_entity", "policy")));
        for (String change : List.of("create", "update", "revoke", "delete")) {
            wishes.add(new Wish(
                    "caep:credential-change",
                    Map.of("credential_type", "password", "change_type", change, "initiating_entity", "user")));
        }
        wishes.add(new Wish(
                "caep:device-compliance-change",
                Map.of("previous_status", "compliant", "current_status", "not-compliant")));
        wishes.add(new Wish(
                "caep:device-compliance-change",
                Map.of("previous_status", "not-compliant", "current_status", "compliant")));
        wishes.add(new Wish(
                "caep:risk-level-change",
                Map.of("principal", "USER", "previous_level", "LOW", "current_level", "HIGH")));
        return wishes;
    }

    private int emit() {
        String word = line.words().get(0);
        String text = line.needed("subject");
        Object subject = text.startsWith("{") ? Wire.readObject(text) : text;
        Map<String, Object> claims = line.one("claims").map(Wire::readObject).orElse(Map.of());
        List<Wish> wishes = word.equals("interop") ? interop() : List.of(new Wish(word, claims));
        String url = line.one("url").orElse("http://localhost:8080");
        boolean good = true;
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), ReceiverCommand.hosts(url))) {
            String token = token(configured);
            for (Wish wish : wishes) {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("type", wish.type());
                body.put("subject", subject);
                body.put("claims", wish.claims());
                for (String name : List.of("stream", "txn", "id")) {
                    line.one(name).ifPresent(value -> body.put(name, value));
                }
                if (line.has("sample")) {
                    body.put("sample", true);
                }
                good &= tell(
                        wish,
                        http.exchange(new Request(
                                "POST",
                                URI.create(url + "/api/emit"),
                                Map.of("Content-Type", "application/json", "Authorization", "Bearer " + token),
                                Wire.write(body).getBytes(StandardCharsets.UTF_8),
                                MAX_BYTES,
                                null)));
            }
        }
        return good ? CommandLine.GOOD : CommandLine.BAD;
    }

    private boolean tell(Wish wish, Result result) {
        if (!(result instanceof Result.Answered answered)) {
            out.println(ReceiverCommand.printable(wish.type() + ": the gateway cannot be reached: " + result));
            return false;
        }
        String body = new String(answered.body(), StandardCharsets.UTF_8);
        Map<String, Object> read;
        try {
            read = Wire.readObject(body);
        } catch (IllegalArgumentException e) {
            read = Map.of();
        }
        int count = read.get("emitted") instanceof List<?> emitted ? emitted.size() : 0;
        boolean good = answered.status() == 202 && count > 0;
        if (line.has("json")) {
            out.println(ReceiverCommand.printable(body));
        } else if (good) {
            out.println(wish.type() + ": written for " + count + (count == 1 ? " stream" : " streams"));
        } else {
            Object why = read.getOrDefault("why", read.getOrDefault("detail", "status " + answered.status()));
            out.println(ReceiverCommand.printable(wish.type() + ": " + why));
        }
        return good;
    }

    private String token(Configured configured) {
        String variable = line.one("token-env").orElse("SIGNALBOX_ADMIN_TOKEN");
        String file = line.one("token-file").orElse(null);
        String value = file == null ? configured.environment().getProperty(variable) : null;
        if (value != null) {
            return value.strip();
        }
        String place = file == null
                ? configured.environment().getProperty("signalbox.data-directory", "./data") + "/admin-token"
                : file;
        try {
            return Files.readString(Path.of(place)).strip();
        } catch (IOException | InvalidPathException e) {
            throw new Misuse("the operator's token is not in " + place + "; --token-file names another file");
        }
    }
}
