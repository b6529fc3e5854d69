package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import io.signalbox.transmit.TransmitterContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own receiver, as strict as it is with others, against our own transmitter. */
class OwnReceiverTest extends TransmitterContext {

    @TempDir
    private Path folder;

    private String output = "";

    @ParameterizedTest
    @ValueSource(strings = {"poll", "push"})
    void takesAStreamThroughItsLifeAndFindsNoFault(String delivery) throws IOException {
        Files.writeString(folder.resolve("secret"), SECRET);

        int exit = command(
                "receiver",
                "run",
                "--strict",
                "--delivery=" + delivery,
                "--issuer=" + ISSUER,
                "--token-uri=" + BASE + "/oauth2/token",
                "--client-id=one",
                "--client-secret-file=" + folder.resolve("secret"),
                "--scope=ssf.manage ssf.read",
                "--subject=alice@acme.example",
                "--steps=create,read,list,patch,put,status,verify,pause,enable,disable,enable,add-subject,remove-subject,delete",
                "--signalbox.http.allow=127.0.0.0/8");

        assertThat(exit).as(output).isZero();
        assertThat(output).contains("verification acknowledged", "0 faults");
        assertThat(book.of("one")).isEmpty();
    }

    @Test
    void theCommandEmitsWhatTheInteropEventsNeed() throws IOException {
        Files.writeString(folder.resolve("token"), OPERATOR + "\n");
        String id = id(pollStream());

        assertThat(command(
                        "emit",
                        "interop",
                        "--subject=alice@acme.example",
                        "--stream=" + id,
                        "--url=" + BASE,
                        "--token-file=" + folder.resolve("token")))
                .as(output)
                .isZero();

        List<String> types = new ArrayList<>();
        for (JsonNode set : poll(id, java.util.Map.of()).path("sets")) {
            JsonNode events = claims(set.asText()).path("events");
            types.add(events.fieldNames().next());
            assertThat(events.elements().next().path("reason_admin").path("en").asText())
                    .as("I-40")
                    .isNotEmpty();
        }
        assertThat(types)
                .as("I-41")
                .contains(CAEP + "session-revoked", CAEP + "credential-change", CAEP + "device-compliance-change");

        assertThat(command(
                        "emit",
                        "caep:risk-level-change",
                        "--subject={\"format\":\"iss_sub\",\"iss\":\"https://i.example\",\"sub\":\"1\"}",
                        "--claims={\"current_level\":\"HIGH\",\"principal\":\"USER\"}",
                        "--stream=" + id,
                        "--json",
                        "--url=" + BASE,
                        "--token-file=" + folder.resolve("token")))
                .as(output)
                .isZero();
        assertThat(Gateway.json(output).path("emitted")).hasSize(1);
        assertThat(command(
                        "emit",
                        "caep:risk-level-change",
                        "--subject=alice@acme.example",
                        "--url=" + BASE,
                        "--token-file=" + folder.resolve("token")))
                .isEqualTo(1);
        assertThat(output).contains("principal is required");
        assertThat(command("emit", "caep:session-revoked")).isEqualTo(2);
        assertThat(output).contains("--subject is missing");
    }

    private int command(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exit;
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            exit = arguments[0].equals("emit")
                    ? EmitCommand.run(rest, out)
                    : ReceiverCommand.run(rest, out, Clock.systemUTC());
        }
        output = bytes.toString(StandardCharsets.UTF_8);
        return exit;
    }
}
