package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import de.captaingoldfish.scim.sdk.server.endpoints.ResourceEndpoint;
import io.signalbox.testing.ScimServer;
import java.nio.file.Path;
import java.util.List;

/** The SCIM-SDK's server, in this process; whoever asks looks into its store. */
final class ScimSdk implements RealTarget {

    private final Path token;
    private final ScimServer server;

    private ScimSdk(Lab lab) throws Exception {
        token = lab.secret("scim-sdk-token", ScimServer.TOKEN);
        server = lab.owns(new ScimServer());
        server.add("id-ada", "ada", "ada@scim-sdk.example", "x-ada");
    }

    static RealTarget start(Lab lab) throws Exception {
        return new ScimSdk(lab);
    }

    @Override
    public String version() {
        return String.valueOf(Path.of(ResourceEndpoint.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .getFileName());
    }

    @Override
    public String targets() {
        return """
                scim-sdk:
                  kind: scim
                  url: %s
                  token-file: %s
                """.formatted(server.url(), token);
    }

    @Override
    public List<Trial> trials() {
        return List.of(Trial.of(
                        "scim-sdk-disable",
                        "actions.disableAccount().at(\"scim-sdk\")",
                        "account.disable",
                        "ada@scim-sdk.example")
                .before(() -> assertThat(server.active("id-ada")).isTrue())
                .effect(() -> assertThat(server.active("id-ada")).isFalse())
                .undone(() -> assertThat(server.active("id-ada")).isTrue()));
    }
}
