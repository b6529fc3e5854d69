package io.signalbox.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.testing.StreamTransmitter;
import io.signalbox.testing.StreamTransmitter.Quirk;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done at a transmitter so that a stream becomes as it is meant to be, and what is not. */
class StreamReconcilerTest {

    private static final String REVOKED = EventNames.uri("session-revoked");
    private static final String CREDENTIAL = EventNames.uri("credential-change");
    private static final String UNSUPPORTED = EventNames.uri("risc:account-disabled");
    private static final String OURS = "Signalbox source idp";

    private final LoopbackHttp http = new LoopbackHttp();
    private StreamTransmitter transmitter = StreamTransmitter.start();

    @AfterEach
    void stop() {
        transmitter.close();
        http.close();
    }

    @Test
    void makesAStreamWhereThereIsNoneAndThenLeavesItAlone() {
        DesiredStream wanted = poll(REVOKED, CREDENTIAL);

        assertThat(reconciler(wanted).plan()).isInstanceOf(StreamPlan.Create.class);
        assertThat(transmitter.streamIds()).isEmpty();

        StreamConfiguration made = applied(wanted);
        assertThat(transmitter.streamIds()).containsExactly(made.streamId());
        assertThat(made.eventsDelivered()).containsExactlyInAnyOrder(REVOKED, CREDENTIAL);

        List<String> before = List.copyOf(transmitter.calls());
        assertThat(applied(wanted)).isEqualTo(made);
        assertThat(changes(before)).isEmpty();
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void adoptsAStreamThatIsThere() {
        String id = transmitter.makeStream("made by hand", REVOKED);

        StreamConfiguration adopted = applied(poll(REVOKED));

        assertThat(adopted.streamId()).isEqualTo(id);
        assertThat(transmitter.streamIds()).containsExactly(id);
        assertThat(transmitter.stream(id).path("description").asText()).isEqualTo(OURS);
    }

    @Test
    void sendsOnlyWhatDiffers() {
        String id = transmitter.makeStream(OURS, REVOKED);

        StreamPlan plan = reconciler(poll(REVOKED, CREDENTIAL)).plan();

        assertThat(plan).isInstanceOfSatisfying(StreamPlan.Change.class, change -> {
            assertThat(change.patch()).isEqualTo(new StreamRequest(null, List.of(REVOKED, CREDENTIAL), null));
            assertThat(change.enable()).isFalse();
            assertThat(change.told()).contains("credential-change as well");
        });
        reconciler(poll(REVOKED, CREDENTIAL)).apply(plan);
        assertThat(texts(transmitter.stream(id).path("events_requested"))).containsExactly(REVOKED, CREDENTIAL);
        assertThat(reconciler(poll(REVOKED, CREDENTIAL)).plan()).isInstanceOf(StreamPlan.Keep.class);
    }

    /** Asking again for what is asked for already makes one transmitter throw away what waits. */
    @Test
    void doesNotAskAgainForEventsThatTheTransmitterDoesNotSupport() {
        transmitter.makeStream(OURS, REVOKED);

        assertThat(reconciler(poll(UNSUPPORTED, REVOKED)).plan()).isInstanceOf(StreamPlan.Keep.class);
    }

    @Test
    void turnsAPollStreamIntoAPushedOneWithItsHeader() {
        String id = transmitter.makeStream(OURS, REVOKED);
        DesiredStream wanted = push("https://receiver.example/push/idp", "Bearer of-the-source", REVOKED);

        assertThat(applied(wanted).delivery().method()).isEqualTo(DeliveryMethod.PUSH);

        assertThat(transmitter.stream(id).path("delivery").path("endpoint_url").asText())
                .isEqualTo("https://receiver.example/push/idp");
        assertThat(reconciler(wanted).plan()).isInstanceOf(StreamPlan.Keep.class);
        assertThat(reconciler(wanted, Set.of(), true).plan())
                .isInstanceOfSatisfying(StreamPlan.Change.class, change -> assertThat(change.told())
                        .contains("another Authorization header")
                        .doesNotContain("of-the-source"));
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void setsAPausedStreamGoingAgain() {
        String id = applied(poll(REVOKED)).streamId();
        client().status(id, StreamStatus.PAUSED);

        StreamPlan plan = reconciler(poll(REVOKED)).plan();

        assertThat(plan.told()).contains("the status is paused, not enabled");
        reconciler(poll(REVOKED)).apply(plan);
        assertThat(reconciler(poll(REVOKED)).plan()).isInstanceOf(StreamPlan.Keep.class);
    }

    @Test
    void takesNoStreamThatIsAnothersOrMayBe() {
        transmitter.makeStream("Signalbox source other", REVOKED);
        assertThat(reconciler(poll(REVOKED), Set.of("Signalbox source other"), false)
                        .plan())
                .isInstanceOf(StreamPlan.Create.class);

        transmitter.makeStream("a third one's", REVOKED);
        assertThat(reconciler(poll(REVOKED)).plan())
                .isInstanceOfSatisfying(StreamPlan.Blocked.class, blocked -> assertThat(blocked.why())
                        .contains("2 streams", "stream-id"));

        String named = transmitter.makeStream("a fourth one's", REVOKED);
        DesiredStream wanted = new DesiredStream(
                "idp",
                transmitter.issuer(),
                WellKnown.SSF,
                named,
                DeliveryMethod.POLL,
                null,
                null,
                List.of(REVOKED),
                "a fourth one's");
        assertThat(reconciler(wanted).plan()).isInstanceOf(StreamPlan.Keep.class);
    }

    @Test
    void waitsForWhatIsDecidedLater() {
        transmitter.close();
        transmitter = StreamTransmitter.start(Quirk.DECIDES_LATER);
        transmitter.makeStream(OURS, REVOKED);

        assertThat(applied(poll(CREDENTIAL)).eventsDelivered()).containsExactly(CREDENTIAL);
    }

    private StreamConfiguration applied(DesiredStream wanted) {
        StreamReconciler reconciler = reconciler(wanted);
        Answer<StreamConfiguration> answer = reconciler.apply(reconciler.plan());
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return answer.value().orElseThrow();
    }

    private List<String> changes(List<String> before) {
        List<String> after = new ArrayList<>(
                transmitter.calls().subList(before.size(), transmitter.calls().size()));
        after.removeIf(call -> call.startsWith("GET ") || call.equals("POST /token"));
        return after;
    }

    private DesiredStream poll(String... events) {
        return desired(DeliveryMethod.POLL, null, null, events);
    }

    private DesiredStream push(String url, String header, String... events) {
        return desired(DeliveryMethod.PUSH, URI.create(url), header, events);
    }

    private DesiredStream desired(
            DeliveryMethod delivery, @Nullable URI url, @Nullable String header, String... events) {
        return new DesiredStream(
                "idp", transmitter.issuer(), WellKnown.SSF, null, delivery, url, header, List.of(events), OURS);
    }

    private StreamReconciler reconciler(DesiredStream wanted) {
        return reconciler(wanted, Set.of(), false);
    }

    private StreamReconciler reconciler(DesiredStream wanted, Set<String> others, boolean sendHeader) {
        return new StreamReconciler(client(), wanted, others, sendHeader, Duration.ofSeconds(20));
    }

    private StreamClient client() {
        Authorization login = new ClientLogin(
                http,
                Clock.systemUTC(),
                transmitter.tokenUri(),
                StreamTransmitter.CLIENT,
                new ClientAuthentication.Post(StreamTransmitter.SECRET),
                List.of());
        TransmitterMetadata metadata = new TransmitterDiscovery(http)
                .discover(transmitter.issuer(), WellKnown.SSF)
                .value()
                .orElseThrow();
        return new StreamClient(http, metadata, login, deviation -> {});
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }
}
