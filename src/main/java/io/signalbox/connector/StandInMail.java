package io.signalbox.connector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stands in for a mail server: takes every mail and writes down what it was told, but answers a command otherwise where a
 * case says so, such as {@code RCPT=550 no such user}; the end of a mail is the command {@code .}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4">RFC 5321, section 4</a>
 */
final class StandInMail implements Runnable, AutoCloseable {

    private final ServerSocket server;
    private volatile Map<String, String> answers = Map.of();
    private volatile String heard = "";

    StandInMail(InetAddress loopback) throws IOException {
        server = new ServerSocket(0, 50, loopback);
    }

    int port() {
        return server.getLocalPort();
    }

    void expect(List<StandIn.Answer> next) {
        Map<String, String> otherwise = new TreeMap<>();
        for (StandIn.Answer answer : next) {
            String[] parts = answer.body().split("=", 2);
            if (parts.length == 2) {
                otherwise.put(parts[0], parts[1]);
            }
        }
        heard = "";
        answers = otherwise;
    }

    /** All that the last client said. */
    String heard() {
        return heard;
    }

    @Override
    public void run() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                serve(client);
            } catch (IOException e) {
                // The client went away, or we are closing; the loop finds out which.
                continue;
            }
        }
    }

    private void serve(Socket client) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = client.getOutputStream();
        say(out, "220 stand-in");
        boolean mail = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            heard = heard + line + "\n";
            if (mail && !line.equals(".")) {
                continue;
            }
            String command = line.split("[ :]", 2)[0];
            String answer = answers.getOrDefault(command, usual(command));
            say(out, answer);
            mail = answer.startsWith("354");
            if (command.equals("QUIT")) {
                return;
            }
        }
    }

    private static String usual(String command) {
        return switch (command) {
            case "EHLO" -> "250-stand-in\r\n250 AUTH PLAIN";
            case "AUTH" -> "235 welcome";
            case "DATA" -> "354 go on";
            case "QUIT" -> "221 bye";
            default -> "250 ok";
        };
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
