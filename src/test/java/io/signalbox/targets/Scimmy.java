package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.testing.Gateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SCIMMY behind Express, in Node, asked over SCIM. */
final class Scimmy implements RealTarget {

    private static final String NODE = "/usr/bin/node";
    private static final Path HOME = Path.of("target/targets/scimmy").toAbsolutePath();

    static final List<String> NEEDS =
            List.of(NODE, HOME.resolve("node_modules/scimmy-routers").toString());

    private static final Pattern PORT = Pattern.compile("listening on (\\d+)");
    private static final String TOKEN = "a-token-for-scimmy";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path token;
    private final OwnProcess process;

    private Scimmy(Lab lab) throws Exception {
        Path folder = lab.folder("scimmy");
        token = lab.secret("scimmy-token", TOKEN);
        // Modules are looked for from where the script is.
        Path script = HOME.resolve("scimmy.mjs");
        try (InputStream in = Objects.requireNonNull(Scimmy.class.getResourceAsStream("/targets/scimmy.mjs"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        process = lab.start("SCIMMY", folder, Map.of("SCIM_TOKEN", TOKEN), List.of(NODE, script.toString()));
        process.ready(() -> process.said().contains("listening"));
    }

    static RealTarget start(Lab lab) throws Exception {
        return new Scimmy(lab);
    }

    private String url() {
        Matcher port = PORT.matcher(process.said());
        assertThat(port.find()).as(process.said()).isTrue();
        return "http://127.0.0.1:" + port.group(1) + "/scim/v2";
    }

    @Override
    public String version() throws IOException {
        return Gateway.json(Files.readString(HOME.resolve("node_modules/scimmy/package.json")))
                .path("version")
                .asText();
    }

    @Override
    public String targets() {
        return """
                scimmy:
                  kind: scim
                  url: %1$s
                  token-file: %2$s
                scimmy-by-filter:
                  kind: scim
                  url: %1$s
                  token-file: %2$s
                  options: { lookup: filter }
                """.formatted(url(), token);
    }

    @Override
    public List<Trial> trials() {
        return List.of(disabled("scimmy", "ada"), disabled("scimmy-by-filter", "grace"));
    }

    private Trial disabled(String target, String user) {
        return Trial.of(
                        target + "-disable",
                        "actions.disableAccount().at(\"" + target + "\")",
                        "account.disable",
                        user + "@scimmy.example")
                .before(() -> assertThat(user(user)).contains("\"active\":true"))
                .effect(() -> assertThat(user(user)).contains("\"active\":false", "\"userName\":\"" + user + "\""))
                .undone(() -> assertThat(user(user)).contains("\"active\":true", user + "@scimmy.example"));
    }

    private String user(String name) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(url() + "/Users/id-" + name))
                                .header("Authorization", "Bearer " + TOKEN)
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
