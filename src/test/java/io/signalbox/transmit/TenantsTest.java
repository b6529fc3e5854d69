package io.signalbox.transmit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.Gateway;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two issuers in one gateway, which know nothing of one another. */
class TenantsTest extends TransmitterContext {

    @Test
    void eachIssuerHasItsMetadataAndItsKeys() {
        JsonNode metadata = Gateway.json(call("GET", "/.well-known/ssf-configuration/tenants/blue", null, null)
                .body());
        JsonNode server = Gateway.json(call("GET", "/.well-known/oauth-authorization-server/tenants/blue", null, null)
                .body());

        assertThat(metadata.path("issuer").asText()).as("T-01, T-04").isEqualTo(BLUE);
        assertThat(metadata.path("default_subjects").asText()).isEqualTo("ALL");
        assertThat(server.path("issuer").asText()).isEqualTo(BLUE);
        List<String> ours = kids(BASE + "/ssf/jwks");
        List<String> theirs = kids(metadata.path("jwks_uri").asText());
        assertThat(theirs).isNotEmpty().doesNotContainAnyElementsOf(ours);
        assertThat(call("GET", "/ssf/jwks/red", null, null).statusCode()).isEqualTo(404);
        assertThat(call("GET", "/.well-known/ssf-configuration/tenants", null, null)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void aReceiverIsToldByItsIssuerAloneAndOnlyOfItsPeople() {
        String blue = bearer("blue", "ssf.manage");
        JsonNode made = Gateway.json(call("POST", "/ssf/streams", blue, "{}").body());
        String id = id(made);
        String other = id(pollStream());
        assertThat(made.path("iss").asText()).isEqualTo(BLUE);

        for (String user : List.of("alice@acme.example", "bob@blue.example")) {
            emit(Map.of("type", "caep:session-revoked", "subject", user));
        }

        String compact = onlySet(call("POST", "/ssf/poll/" + id, blue, "{\"returnImmediately\":true}"));
        assertThat(claims(compact).path("iss").asText()).as("T-90").isEqualTo(BLUE);
        assertThat(claims(compact).path("sub_id").path("email").asText())
                .as("the tenant's subjects bound those of its clients")
                .isEqualTo("bob@blue.example");
        assertThat(kids(BASE + "/ssf/jwks/blue"))
                .contains(header(compact).path("kid").asText());
        for (JsonNode set : poll(other, Map.of()).path("sets")) {
            assertThat(claims(set.asText()).path("iss").asText()).isEqualTo(ISSUER);
            assertThat(kids(BASE + "/ssf/jwks/blue"))
                    .doesNotContain(header(set.asText()).path("kid").asText());
        }
        assertThat(asMany("GET", "/ssf/streams?stream_id=" + id, null).statusCode())
                .as("T-11")
                .isEqualTo(404);
        assertThat(call("GET", "/ssf/streams?stream_id=" + other, blue, null).statusCode())
                .as("T-11")
                .isEqualTo(404);
    }

    @Test
    void theKeysOfOneAreRotatedAndThoseOfTheOtherStay() {
        List<String> before = kids(BASE + "/ssf/jwks");

        HttpResponse<String> rotated =
                operator("POST", "/api/transmitter/keys/rotate", Map.of("tenant", "blue", "at_once", true));

        assertThat(rotated.statusCode()).isEqualTo(200);
        String made = Gateway.json(rotated.body()).path("keys").path(0).asText();
        assertThat(kids(BASE + "/ssf/jwks/blue")).containsExactly(made);
        assertThat(kids(BASE + "/ssf/jwks")).isEqualTo(before);
        assertThat(operator("POST", "/api/transmitter/keys/rotate", Map.of("tenant", "red"))
                        .statusCode())
                .isEqualTo(400);
    }

    private static String onlySet(HttpResponse<String> answer) {
        JsonNode sets = Gateway.json(answer.body()).path("sets");
        assertThat(sets).hasSize(1);
        return sets.elements().next().asText();
    }

    private List<String> kids(String url) {
        List<String> kids = new ArrayList<>();
        Gateway.json(call("GET", url, null, null).body())
                .path("keys")
                .forEach(key -> kids.add(key.path("kid").asText()));
        return kids;
    }
}
