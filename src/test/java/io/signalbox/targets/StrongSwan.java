package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two of strongSwan's daemons with a tunnel between them, over loopback: one is a VPN gateway that takes requests by RFC
 * 5176, the other its user. Who is connected is asked with strongSwan's own tool.
 */
final class StrongSwan implements RealTarget {

    private static final String DAEMON = "/usr/sbin/charon-systemd";
    private static final String TOOL = "/usr/sbin/swanctl";

    static final List<String> NEEDS = List.of(DAEMON, TOOL, "/usr/lib/ipsec/plugins/libstrongswan-eap-radius.so");

    private static final String USER = "ada@strongswan.example";
    private static final String GATEWAY = "vpn.acme.example";

    private final Path folder;
    private final int requests = OwnProcess.freeUdpPort();
    private final Path secret;
    private final Path wrongSecret;

    private StrongSwan(Lab lab) throws Exception {
        folder = lab.folder("strongswan");
        secret = lab.secret("strongswan-secret", "a-secret-of-this-vpn-gateway");
        wrongSecret = lab.secret("strongswan-wrong-secret", "a-secret-of-another-gateway");
        int port = OwnProcess.freeUdpPort();
        // Without the plugin md5 the endpoint of RFC 5176 is absent, and nothing says so.
        start(lab, "gateway", "eap-radius", OwnProcess.freeUdpPort(), port, """
                eap-radius {
                  dae {
                    enable = yes
                    listen = 127.0.0.1
                    port = %d
                    secret = %s
                  }
                  servers {
                    none {
                      address = 127.0.0.1
                      secret = nobody-is-asked
                    }
                  }
                }
                """.formatted(
                        requests, Files.readString(secret)));
        start(lab, "user", "", OwnProcess.freeUdpPort(), OwnProcess.freeUdpPort(), "");
        load("gateway", "", GATEWAY, "%any");
        load("user", "remote_addrs = 127.0.0.1\n remote_port = " + port, USER, GATEWAY);
        connect();
    }

    static RealTarget start(Lab lab) throws Exception {
        return new StrongSwan(lab);
    }

    /** Keeps away from the machine's own configuration, sockets and routes. */
    private void start(Lab lab, String name, String plugin, int port, int secondPort, String settings)
            throws IOException {
        Path file = Files.writeString(
                folder.resolve(name + ".conf"), """
                charon-systemd {
                  port = %2$d
                  port_nat_t = %3$d
                  load_modular = no
                  load = random nonce aes sha1 sha2 hmac md5 kdf gmp socket-default kernel-netlink vici %4$s
                  install_routes = no
                  install_virtual_ip = no
                  routing_table = 0
                  plugins {
                    vici {
                      socket = %1$s
                    }
                    socket-default {
                      use_ipv6 = no
                    }
                    %5$s
                  }
                }
                swanctl {
                  load = random
                }
                """.formatted(socket(name), port, secondPort, plugin, settings));
        lab.start("strongSwan's " + name, folder, Map.of("STRONGSWAN_CONF", file.toString()), List.of(DAEMON))
                .ready(() -> swanctl(name, "--stats").exitCode() == 0);
    }

    /** No traffic is tunnelled: the session of the user is what is tried. */
    private void load(String name, String where, String own, String other) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".swanctl.conf"), """
                connections {
                  vpn {
                    version = 2
                    proposals = aes128-sha256-modp2048
                    childless = force
                    local_addrs = 127.0.0.1
                    %s
                    local {
                      auth = psk
                      id = %s
                    }
                    remote {
                      auth = psk
                      id = %s
                    }
                  }
                }
                secrets {
                  ike-all {
                    secret = "a secret that both know"
                  }
                }
                """.formatted(where, own, other));
        swanctl(name, "--load-all", "--file", file.toString()).well();
    }

    private void connect() throws IOException {
        swanctl("user", "--initiate", "--ike", "vpn").well();
    }

    @Override
    public String version() throws IOException {
        return swanctl("gateway", "--version", "--daemon").firstLine();
    }

    @Override
    public String targets() {
        return """
                strongswan:
                  kind: radius
                  url: udp://127.0.0.1:%1$d
                  secret-file: %2$s
                  options: { signed-answers: "false" }
                strongswan-wrong-secret:
                  kind: radius
                  url: udp://127.0.0.1:%1$d
                  secret-file: %3$s
                  options: { first-wait-millis: "200", tries: "1" }
                """.formatted(requests, secret, wrongSecret);
    }

    @Override
    public List<Trial> trials() {
        return List.of(
                Trial.of(
                                "strongswan-wrong-secret",
                                "actions.disconnectVpn().at(\"strongswan-wrong-secret\")",
                                "vpn.disconnect",
                                USER)
                        .endsAs("dead")
                        .effect(() -> assertThat(connected()).contains(USER)),
                Trial.of("strongswan-disconnect", "actions.disconnectVpn().at(\"strongswan\")", "vpn.disconnect", USER)
                        .before(() -> assertThat(connected()).contains(USER))
                        .effect(() -> assertThat(connected()).doesNotContain(USER))
                        // As the README says: nothing keeps the user from coming back.
                        .afterwards(() -> {
                            connect();
                            assertThat(connected()).contains(USER);
                        }),
                Trial.of(
                                "strongswan-nobody",
                                "actions.disconnectVpn().at(\"strongswan\")",
                                "vpn.disconnect",
                                "nobody@strongswan.example")
                        .endsAs("not-found"));
    }

    private String connected() throws IOException {
        return swanctl("gateway", "--list-sas").well();
    }

    private String socket(String name) {
        return "unix://" + folder.resolve(name + ".vici");
    }

    private OwnProcess.Ended swanctl(String name, String command, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(TOOL, command, "--uri", socket(name)));
        line.addAll(List.of(arguments));
        try {
            return OwnProcess.run(
                    folder,
                    Map.of("STRONGSWAN_CONF", folder.resolve(name + ".conf").toString()),
                    line);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
