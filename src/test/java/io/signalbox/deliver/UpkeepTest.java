package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.store.OutboundSet;
import io.signalbox.store.OutboundSet.Urgency;
import io.signalbox.testing.Gateway;
import io.signalbox.transmit.TransmitterContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What becomes of streams that nobody takes anything from. */
class UpkeepTest extends TransmitterContext {

    @Autowired
    private Upkeep upkeep;

    @Test
    void aStreamOfWhichNobodyWasHeardIsPausedAndTold() {
        String id = id(pollStream());
        Instant now = Instant.now();
        upkeep.look(now.plus(Duration.ofHours(11)));
        assertThat(status(id)).as("T-80").isEqualTo("enabled");

        upkeep.look(now.plus(Duration.ofHours(13)));

        assertThat(book.find(id).orElseThrow().status().word()).as("T-80").isEqualTo("paused");
        JsonNode updated = claims(
                        poll(id, Map.of()).path("sets").elements().next().asText())
                .path("events")
                .path(SSF + "stream-updated");
        assertThat(updated.path("status").asText()).as("T-81").isEqualTo("paused");
        assertThat(updated.path("reason").asText()).contains("inactivity_timeout");
    }

    @Test
    void whoPollsIsHeard() {
        String id = id(pollStream());
        book.heard(id, Instant.now().minus(Duration.ofHours(13)));

        assertThat(poll(id, Map.of()).path("sets")).isEmpty();
        upkeep.look(Instant.now());

        assertThat(status(id)).as("T-118").isEqualTo("enabled");
    }

    @Test
    void aStreamThatTakesNothingForAsLongAsItIsKeptIsPaused() {
        String id = id(pollStream());
        Instant old = Instant.now().minus(Duration.ofDays(8));
        outbox.add(
                List.of(new OutboundSet(
                        id, "set-old", null, CAEP + "session-revoked", null, Urgency.ORDINARY, "{}", old)),
                null,
                null);

        upkeep.look(Instant.now());

        assertThat(status(id)).as("T-105").isEqualTo("paused");
        assertThat(operator("GET", "/api/transmitter/streams/" + id + "/sets?state=parked", null)
                        .body())
                .contains("set-old", "too_old");
    }

    private String status(String id) {
        return Gateway.json(
                        operator("GET", "/api/transmitter/streams/" + id, null).body())
                .path("status")
                .asText();
    }
}
