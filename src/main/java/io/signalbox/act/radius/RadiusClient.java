package io.signalbox.act.radius;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.act.radius.RadiusPacket.Attribute;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a NAS to end a session, or to change what it may do.
 *
 * <p>Each attempt has a socket of its own, so a port and an identifier of its own: what comes late for another is never
 * taken for its answer. Within the attempt the same octets are sent again, with growing pauses (E-05).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5176">RFC 5176</a>
 */
@Step("radiusClient")
public class RadiusClient {

    private static final int DISCONNECT = 40;
    private static final int CHANGE = 43;
    private static final int PORT = 3799;
    private static final int EVENT_TIMESTAMP = 55;
    private static final int LARGEST = 4096;
    private static final long LONGEST_WAIT_MILLIS = 30_000;

    /** E-12; all others are for an operator to look at. */
    private static final int SESSION_NOT_FOUND = 503;

    private static final int RESOURCES_UNAVAILABLE = 506;

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    RadiusClient(AddressGuard addresses, ConfiguredTargets targets, TargetCalls calls, Clock clock) {
        this.addresses = addresses;
        this.targets = targets;
        this.calls = calls;
        this.clock = clock;
    }

    /**
     * Sends one request and waits for its answer.
     *
     * @param url {@code udp://host:port}
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome send(
            Action action, String target, String url, Map<String, String> options, @Nullable String resolved) {
        boolean disconnect = action.kind().equals("vpn.disconnect");
        byte[] secret = targets.secret(target).getBytes(StandardCharsets.UTF_8);
        RadiusPacket request;
        try {
            List<Attribute> attributes =
                    RadiusAttributes.read(calls.text(action, target, options, resolved, option(options, "identify")));
            if (attributes.isEmpty()) {
                return new Outcome.Refused("Nothing names the session: the option identify comes to nothing");
            }
            if (!disconnect) {
                List<Attribute> change =
                        RadiusAttributes.read(calls.text(action, target, options, resolved, option(options, "change")));
                if (change.isEmpty()) {
                    return new Outcome.Refused("Nothing says what is to change: the option change is empty");
                }
                attributes.addAll(change);
            }
            // E-06: not renewed when the same octets are sent again.
            if (option(options, "event-timestamp").equals("true")) {
                attributes.add(new Attribute(
                        EVENT_TIMESTAMP, RadiusPacket.number(clock.instant().getEpochSecond())));
            }
            request = RadiusPacket.request(disconnect ? DISCONNECT : CHANGE, random.nextInt(256), attributes, secret);
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused("The target's options: " + e.getMessage());
        }
        URI nas = URI.create(url);
        try (DatagramSocket socket = new DatagramSocket()) {
            // Connected: what others send to this port is dropped by the kernel.
            socket.connect(
                    new InetSocketAddress(addresses.resolve(nas.getHost()), nas.getPort() > 0 ? nas.getPort() : PORT));
            RadiusPacket answer = exchange(socket, request, secret, options);
            if (answer == null) {
                return new Outcome.NoAnswer(
                        "No answer: the NAS is away, does not take requests from here, or knows another secret", null);
            }
            // It knows the secret, and may have done what was asked: an operator must not think it away.
            return option(options, "signed-answers").equals("true") && !answer.isSigned()
                    ? new Outcome.NoAnswer(
                            "Answered without Message-Authenticator: for a NAS that sends none set signed-answers to false",
                            null)
                    : outcome(answer, disconnect);
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (PortUnreachableException e) {
            return new Outcome.NoAnswer("Nobody listens for such requests at the NAS", null);
        } catch (IOException e) {
            return new Outcome.NoAnswer("No exchange: " + e.getClass().getSimpleName(), null);
        }
    }

    private static @Nullable RadiusPacket exchange(
            DatagramSocket socket, RadiusPacket request, byte[] secret, Map<String, String> options)
            throws IOException {
        byte[] octets = request.octets();
        boolean signed = option(options, "signed-answers").equals("true");
        RadiusPacket unsigned = null;
        long wait = number(options, "first-wait-millis");
        for (long attempt = 0; attempt < number(options, "tries"); attempt++) {
            socket.send(new DatagramPacket(octets, octets.length));
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
            for (long left = wait; left > 0; left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())) {
                socket.setSoTimeout((int) left);
                DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    break;
                }
                RadiusPacket answer = RadiusPacket.answer(packet.getData(), packet.getLength(), request, secret);
                if (answer != null && (answer.isSigned() || !signed)) {
                    return answer;
                }
                // The right one may come yet.
                unsigned = answer == null ? unsigned : answer;
            }
            wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS);
        }
        return unsigned;
    }

    private static Outcome outcome(RadiusPacket answer, boolean disconnect) {
        int request = disconnect ? DISCONNECT : CHANGE;
        int cause = answer.number(RadiusPacket.ERROR_CAUSE);
        if (answer.code() == request + 1) {
            return new Outcome.Done(disconnect ? "Disconnect-ACK" : "CoA-ACK");
        }
        if (answer.code() != request + 2) {
            return new Outcome.Refused("The NAS answers with code " + answer.code());
        }
        String said = (disconnect ? "Disconnect-NAK" : "CoA-NAK") + (cause < 0 ? "" : ", Error-Cause " + cause);
        if (cause == SESSION_NOT_FOUND) {
            return disconnect ? new Outcome.AlreadyDone(said) : new Outcome.NotFound(said);
        }
        if (cause == RESOURCES_UNAVAILABLE) {
            return new Outcome.NoAnswer(said, null);
        }
        // strongSwan says no more than this about a user without a session.
        return cause < 0 ? new Outcome.NotFound(said + " without a cause") : new Outcome.Refused(said);
    }

    private static String option(Map<String, String> options, String name) {
        return options.getOrDefault(name, "");
    }

    private static long number(Map<String, String> options, String name) {
        return Long.parseLong(option(options, name));
    }
}
