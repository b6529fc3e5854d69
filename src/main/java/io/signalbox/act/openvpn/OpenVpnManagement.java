package io.signalbox.act.openvpn;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Has an OpenVPN server drop a client, over its management interface.
 *
 * <p>The interface is plain TCP with a password and can do far more than this, so it is spoken to on the loopback address
 * alone.
 *
 * @see <a href="https://openvpn.net/community-resources/management-interface/">OpenVPN management interface</a>
 */
@Step("openVpnManagement")
public class OpenVpnManagement {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int LONGEST_LINE = 1024;
    private static final int MOST_LINES = 200;
    private static final int MOST_CLIENTS = 100_000;
    private static final String PROMPT = "ENTER PASSWORD:";

    /** A space would begin another argument, a line break another command. */
    private static final Pattern COMMON_NAME = Pattern.compile("[\\p{L}\\p{N}@._+-]{1,64}");

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;

    OpenVpnManagement(AddressGuard addresses, ConfiguredTargets targets, TargetCalls calls) {
        this.addresses = addresses;
        this.targets = targets;
        this.calls = calls;
    }

    /**
     * Drops all connections of one client.
     *
     * @param url {@code tcp://127.0.0.1:port}
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome kill(
            Action action, String target, String url, Map<String, String> options, @Nullable String resolved) {
        String name = calls.text(action, target, options, resolved, "{user}");
        if (!COMMON_NAME.matcher(name).matches()) {
            return new Outcome.Refused("The subject's name cannot be a common name that is safe in a command");
        }
        URI server = URI.create(url);
        try (Socket socket = new Socket()) {
            InetAddress address = addresses.resolve(server.getHost());
            if (!address.isLoopbackAddress()) {
                return new Outcome.Refused("The management interface is spoken to on the loopback address alone");
            }
            socket.connect(new InetSocketAddress(address, server.getPort()), CONNECT_MILLIS);
            socket.setSoTimeout((int) targets.timeoutMillis(target));
            return kill(socket, name, targets.token(target));
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (SocketTimeoutException e) {
            return new Outcome.NoAnswer("No answer in time: the interface serves one client at a time", null);
        } catch (IOException e) {
            return new Outcome.NoAnswer("No connection: " + e.getClass().getSimpleName(), null);
        }
    }

    private static Outcome kill(Socket socket, String name, @Nullable String password) throws IOException {
        InputStream in = socket.getInputStream();
        String greeting = line(in);
        if (greeting.startsWith(PROMPT)) {
            if (password == null) {
                return new Outcome.Refused("The interface asks for a password, and the target was given none");
            }
            say(socket, password);
            if (!answer(in).startsWith("SUCCESS:")) {
                return new Outcome.Refused("The interface does not take the password");
            }
        }
        say(socket, "kill " + name);
        String answer = answer(in);
        if (answer.startsWith("SUCCESS:")) {
            // Clients come back by themselves: only one that stays away was dropped.
            say(socket, "status 3");
            boolean there = isListed(in, name);
            say(socket, "quit");
            return there
                    ? new Outcome.NoAnswer("The server dropped the client, and it is connected", null)
                    : new Outcome.Done("The server dropped the client, and lists it no more");
        }
        say(socket, "quit");
        return answer.contains("not found")
                ? new Outcome.AlreadyDone("No client of this name is connected")
                : new Outcome.Refused("The server does not take the command");
    }

    private static void say(Socket socket, String line) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** What answers a command; in between the server tells what happens, in lines that begin with {@code >}. */
    private static String answer(InputStream in) throws IOException {
        for (int lines = 0; lines < MOST_LINES; lines++) {
            String line = line(in);
            if (line.startsWith("SUCCESS:") || line.startsWith("ERROR:")) {
                return line;
            }
        }
        throw new IOException("no answer among its lines");
    }

    /** Reads the list of clients, whose members are separated by tabs, to its end. */
    private static boolean isListed(InputStream in, String name) throws IOException {
        boolean listed = false;
        for (int lines = 0; lines < MOST_CLIENTS; lines++) {
            String line = line(in);
            if (line.equals("END")) {
                return listed;
            }
            listed |= line.startsWith("CLIENT_LIST\t" + name + "\t");
        }
        throw new IOException("no end of its list");
    }

    /** The prompt for the password ends without a line break. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n' && line.length() < LONGEST_LINE; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("closed");
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
            if (line.indexOf(PROMPT) == 0 && line.length() == PROMPT.length()) {
                break;
            }
        }
        return line.toString();
    }
}
