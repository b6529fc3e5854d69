package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** An OpenVPN server with one client, over loopback. Who is connected is asked at its management interface. */
final class OpenVpn implements RealTarget {

    private static final String OPENVPN = "/usr/sbin/openvpn";

    /** The server opens a tunnel device, for which it takes root as well. */
    static final List<String> NEEDS = List.of(OPENVPN, "/dev/net/tun");

    private static final String USER = "ada@openvpn.example";
    private static final String PASSWORD = "a-password-of-the-interface";

    /** In a line of the status: {@code CLIENT_LIST}, common name, addresses, counts, times, user name, client id. */
    private static final int COMMON_NAME = 1;

    private static final int CLIENT_ID = 10;

    private final Path folder;
    private final int management = OwnProcess.freeTcpPort();
    private final Path password;
    private List<String> before = List.of();

    private OpenVpn(Lab lab) throws Exception {
        folder = lab.folder("openvpn");
        password = lab.secret("openvpn-password", PASSWORD);
        int port = OwnProcess.freeUdpPort();
        // Nothing is given an address or a route: the tunnel itself is not what is tried.
        start(lab, "server", "vpn.acme.example", """
                mode server
                tls-server
                dev tun
                ifconfig-noexec
                route-noexec
                dh none
                local 127.0.0.1
                port %d
                ping 1
                ping-restart 120
                push "ping 1"
                push "ping-restart 5"
                management 127.0.0.1 %d %s
                """.formatted(port, management, password))
                .ready(() -> OwnProcess.listens(management));
        start(lab, "client", USER, """
                client
                dev null
                remote 127.0.0.1 %d
                nobind
                connect-retry 1 1
                """.formatted(port))
                .ready(() -> !connections().isEmpty());
    }

    static RealTarget start(Lab lab) throws Exception {
        return new OpenVpn(lab);
    }

    private OwnProcess start(Lab lab, String part, String commonName, String options) throws Exception {
        Path certificate = lab.certified("openvpn-" + part, commonName);
        Path configuration = Files.writeString(
                folder.resolve(part + ".conf"),
                options + """
                proto udp
                ca %s
                cert %s
                key %s
                """.formatted(lab.ca(), certificate, lab.key("openvpn-" + part)));
        return lab.start("OpenVPN's " + part, folder, Map.of(), List.of(OPENVPN, "--config", configuration.toString()));
    }

    @Override
    public String version() throws Exception {
        return OwnProcess.run(folder, Map.of(), List.of(OPENVPN, "--version")).firstLine();
    }

    @Override
    public String targets() {
        return """
                openvpn:
                  kind: openvpn
                  url: tcp://127.0.0.1:%d
                  token-file: %s
                """.formatted(management, password);
    }

    @Override
    public List<Trial> trials() {
        return List.of(
                Trial.of("openvpn-drop", "actions.disconnectVpn().at(\"openvpn\")", "vpn.disconnect", USER)
                        .before(() -> {
                            before = connections();
                            assertThat(before).isNotEmpty();
                        })
                        .effect(() -> assertThat(connections()).doesNotContainAnyElementsOf(before))
                        // As the README says, by itself, when its ping runs out.
                        .afterwards(() -> Awaitility.await("the client comes back")
                                .atMost(Duration.ofMinutes(2))
                                .until(() -> !connections().isEmpty())),
                Trial.of(
                                "openvpn-nobody",
                                "actions.disconnectVpn().at(\"openvpn\")",
                                "vpn.disconnect",
                                "nobody@openvpn.example")
                        .endsAs("already-done"));
    }

    /** The ids of the user's connections; each connection has another. */
    private List<String> connections() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), management);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            // Whoever says "quit" in the same breath gets no answer.
            socket.getOutputStream().write((PASSWORD + "\nstatus 3\n").getBytes(StandardCharsets.UTF_8));
            List<String> ids = new ArrayList<>();
            for (String line = in.readLine(); line != null && !line.equals("END"); line = in.readLine()) {
                String[] parts = line.split("\t", -1);
                if (parts[0].equals("CLIENT_LIST") && parts[COMMON_NAME].equals(USER)) {
                    ids.add(parts[CLIENT_ID]);
                }
            }
            return ids;
        }
    }
}
