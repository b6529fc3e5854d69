package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Request Tracker with its tickets in SQLite. The gateway has a token there and the rights that its connector's README
 * names; its root is who looks, over REST2.
 */
final class RequestTracker implements RealTarget {

    private static final String SETUP = "/usr/sbin/rt-setup-database-5";
    private static final String SERVER = "/usr/share/request-tracker5/libexec/rt-server";

    static final List<String> NEEDS = List.of(SETUP, SERVER, "/usr/share/perl5/Starman.pm");

    /** As every new Request Tracker has it. */
    private static final String ROOT =
            "Basic " + Base64.getEncoder().encodeToString("root:password".getBytes(StandardCharsets.UTF_8));

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final Path token;
    private final String url;
    private final Map<String, String> environment;

    private RequestTracker(Lab lab) throws Exception {
        folder = lab.folder("request-tracker");
        token = folder.resolve("token");
        int port = OwnProcess.freeTcpPort();
        url = "http://127.0.0.1:" + port;
        Path site = Files.writeString(folder.resolve("RT_SiteConfig.pm"), """
                Set($rtname, 'acme.example');
                Set($Organization, 'acme.example');
                Set($DatabaseType, 'SQLite');
                Set($DatabaseName, '%1$s/rt.db');
                Set($DatabaseAdmin, '');
                Set($WebDomain, '127.0.0.1');
                Set($WebPort, %2$d);
                Set($MailCommand, 'testfile');
                Set($LogToSTDERR, 'warning');
                Set($LogToSyslog, undef);
                Set($MasonDataDir, '%1$s/mason');
                1;
                """.formatted(folder, port));
        Path gateway = Files.writeString(folder.resolve("gateway.pl"), """
                our @Users = ({Name => 'signalbox', Privileged => 1});
                our @ACL = map { {UserId => 'signalbox', Queue => 'General', Right => $_} } qw(SeeQueue ShowTicket CreateTicket);
                our @Final = (sub {
                    my $owner = RT::User->new(RT->SystemUser);
                    $owner->Load('signalbox');
                    my (undef, undef, $token) =
                        RT::AuthToken->new(RT->SystemUser)->Create(Owner => $owner->Id, Description => 'gateway');
                    open my $file, '>', '%s' or die $!;
                    print $file $token;
                    close $file;
                });
                1;
                """.formatted(token));
        environment = Map.of(
                "RT_SITE_CONFIG",
                site.toString(),
                // It would read the machine's own as well.
                "RT_SITE_CONFIG_DIR",
                folder.toString(),
                "TMPDIR",
                folder.toString());
        OwnProcess.run(folder, environment, List.of(SETUP, "--action", "init", "--skip-create"))
                .well();
        OwnProcess.run(folder, environment, List.of(SETUP, "--action", "insert", "--datafile", gateway.toString()))
                .well();
        lab.start(
                        "Request Tracker",
                        folder,
                        environment,
                        List.of(
                                SERVER,
                                "--server",
                                "Starman",
                                "--host",
                                "127.0.0.1",
                                "--port",
                                String.valueOf(port),
                                "--workers",
                                "2"))
                .ready(() -> OwnProcess.listens(port));
    }

    static RealTarget start(Lab lab) throws Exception {
        return new RequestTracker(lab);
    }

    @Override
    public String version() throws Exception {
        return ask("GET", "/rt", "").path("Version").asText();
    }

    @Override
    public String targets() {
        return """
                tickets:
                  kind: request-tracker
                  url: %1$s
                  token-file: %2$s
                tickets-of-nobody:
                  kind: request-tracker
                  url: %1$s
                  token-file: %2$s
                  options: { queue: "No such queue" }
                """.formatted(url, token);
    }

    @Override
    public List<Trial> trials() {
        return List.of(
                Trial.of(
                                "tickets-open",
                                "actions.openTicket(\"Somebody's risk is high\").at(\"tickets\")",
                                "ticket.open",
                                "ada@acme.example")
                        .before(() ->
                                assertThat(tickets().path("total").asInt()).isZero())
                        .effect(() -> {
                            assertThat(tickets().path("total").asInt()).isEqualTo(1);
                            assertThat(ticket().path("Subject").asText()).startsWith("Somebody's risk is high [act-");
                            assertThat(ticket().path("Status").asText()).isEqualTo("new");
                        })
                        // As the README says: people close it.
                        .afterwards(() -> {
                            ask("PUT", "/ticket/" + id(), "{\"Status\": \"resolved\"}");
                            assertThat(ticket().path("Status").asText()).isEqualTo("resolved");
                        }),
                Trial.of(
                                "tickets-no-queue",
                                "actions.openTicket(\"Nobody reads this\").at(\"tickets-of-nobody\")",
                                "ticket.open",
                                "grace@acme.example")
                        .endsAs("refused"));
    }

    private JsonNode tickets() throws IOException, InterruptedException {
        return ask("GET", "/tickets?query=id%20%3E%200", "");
    }

    private String id() throws IOException, InterruptedException {
        return tickets().path("items").path(0).path("id").asText();
    }

    private JsonNode ticket() throws IOException, InterruptedException {
        return ask("GET", "/ticket/" + id(), "");
    }

    private JsonNode ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(url + "/REST/2.0" + path))
                        .header("Authorization", ROOT)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Gateway.json(answer.body());
    }
}
