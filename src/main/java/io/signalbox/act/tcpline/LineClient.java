package io.signalbox.act.tcpline;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Says one line to a server, as the operator wrote it, and reads the answer by patterns.
 *
 * @see <a href="https://docs.haproxy.org/3.0/management.html#9.3">HAProxy management guide, 9.3, stats socket commands</a>
 */
@Step("lineClient")
public class LineClient {

    private static final String KIND = "tcp-line";
    private static final List<String> PATTERNS = List.of("pattern", "done", "already-done", "not-found", "no-answer");
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LONGEST_ANSWER = 8 * 1024;

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;

    /** @throws IllegalArgumentException naming the key, if a target's pattern is none */
    LineClient(AddressGuard addresses, ConfiguredTargets targets, TargetCalls calls) {
        this.addresses = addresses;
        this.targets = targets;
        this.calls = calls;
        for (String target : targets.names()) {
            if (targets.kind(target).equals(KIND)) {
                PATTERNS.forEach(option -> check(target, option, targets.options(target)));
            }
        }
    }

    private static void check(String target, String option, Map<String, String> options) {
        try {
            Pattern.compile(options.getOrDefault(option, ""));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "signalbox.targets." + target + ".options." + option + ": is no regular expression", e);
        }
    }

    /**
     * Says the target's line.
     *
     * @param url {@code tcp://host:port}
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome say(
            Action action, String target, String url, Map<String, String> options, @Nullable String resolved) {
        Pattern pattern = Pattern.compile(options.getOrDefault("pattern", ""));
        List<String> words = new ArrayList<>();
        // Split before anything is put into it: a value with a space in it would be two words.
        for (String word : options.getOrDefault("line", "").strip().split(" +")) {
            words.add(calls.word(action, target, options, resolved, word, pattern));
        }
        String line = String.join(" ", words);
        if (line.isBlank()) {
            return new Outcome.Refused("The option line of the target is empty");
        }
        URI server = URI.create(url);
        try (Socket socket = new Socket()) {
            InetAddress address = addresses.resolve(server.getHost());
            // Nothing here is encrypted, and most of these servers ask nobody who they are.
            if (!address.isLoopbackAddress()
                    && !options.getOrDefault("plain", "loopback").equals("anywhere")) {
                return new Outcome.Refused("Without encryption it is spoken to on the loopback address alone");
            }
            socket.connect(new InetSocketAddress(address, server.getPort()), CONNECT_MILLIS);
            socket.setSoTimeout((int) targets.timeoutMillis(target));
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            boolean first = options.getOrDefault("answer", "until-close").equals("one-line");
            return outcome(answer(socket.getInputStream(), first), options);
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (SocketTimeoutException e) {
            return new Outcome.NoAnswer("No answer in time", null);
        } catch (IOException e) {
            return new Outcome.NoAnswer("No connection: " + e.getClass().getSimpleName(), null);
        }
    }

    private static String answer(InputStream in, boolean first) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet >= 0 && heard.size() < LONGEST_ANSWER && !(first && octet == '\n')) {
            heard.write(octet);
            octet = in.read();
        }
        if (first && octet < 0) {
            throw new IOException("closed in the middle of a line");
        }
        return heard.toString(StandardCharsets.UTF_8).strip();
    }

    /** What the answer says is not shown: it may name the subject. */
    private static Outcome outcome(String answer, Map<String, String> options) {
        if (means(options.getOrDefault("already-done", ""), answer)) {
            return new Outcome.AlreadyDone("The server says that it was so");
        }
        if (means(options.getOrDefault("not-found", ""), answer)) {
            return new Outcome.NotFound("The server does not know the subject");
        }
        if (means(options.getOrDefault("no-answer", ""), answer)) {
            return new Outcome.NoAnswer("The server cannot now", null);
        }
        return means(options.getOrDefault("done", ""), answer)
                ? new Outcome.Done("The server took the line")
                : new Outcome.Refused("The server's answer is none of those that the target's options know");
    }

    private static boolean means(String pattern, String answer) {
        return !pattern.isEmpty() && Pattern.compile(pattern).matcher(answer).find();
    }
}
