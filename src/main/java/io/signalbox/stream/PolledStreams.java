package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import io.signalbox.set.KeptStreams;
import io.signalbox.stream.ManagedStreams.Managed;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Logs in for the pollers, and finds where the streams that we keep are polled: the transmitter says it in the stream's
 * configuration. What was found is kept until it is refused.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
final class PolledStreams implements KeptStreams {

    private final ManagedStreams streams;
    private final GuardedHttp http;
    private final Map<String, URI> found = new ConcurrentHashMap<>();

    PolledStreams(ManagedStreams streams, GuardedHttp http) {
        this.streams = streams;
        this.http = http;
    }

    @Override
    public boolean keeps(String source) {
        return streams.named(source).isPresent();
    }

    @Override
    public Access access(String source, @Nullable URI known) {
        Optional<Managed> stream = streams.named(source);
        if (stream.isEmpty()) {
            throw new IllegalArgumentException("No stream is kept for the source " + source);
        }
        URI uri = known == null ? found.get(source) : known;
        if (uri == null) {
            Answer<StreamConfiguration> located = locate(stream.get());
            if (located.value().isEmpty()) {
                return shut("The stream cannot be looked up at its transmitter: ", located);
            }
            Delivery delivery = located.value().get().delivery();
            uri = delivery.endpointUrl();
            if (delivery.method() != DeliveryMethod.POLL || uri == null) {
                return new Access.Shut(
                        "The transmitter does not say where the stream is polled, or has it delivered by push;"
                                + " \"receiver plan\" tells what differs",
                        null);
            }
            found.put(source, uri);
        }
        Answer<String> header = stream.get().authorization().header();
        return header.value().isPresent()
                ? new Access.Open(uri, header.value().get())
                : shut("No access token is to be had: ", header);
    }

    private Answer<StreamConfiguration> locate(Managed stream) {
        Answer<StreamClient> client = stream.client(http);
        return client.value().isEmpty()
                ? client.undone()
                : new StreamReconciler(
                                client.value().get(), stream.wanted(), streams.othersThan(stream), false, Duration.ZERO)
                        .locate();
    }

    private static Access shut(String what, Answer<?> answer) {
        return new Access.Shut(
                what + answer.told(), answer instanceof Answer.NotYet<?> later ? later.retryAfter() : null);
    }

    @Override
    public void refused(String source, Access.Open access) {
        found.remove(source);
        String sent = access.authorization();
        if (sent != null) {
            streams.named(source).ifPresent(stream -> {
                boolean ignored = stream.authorization().refused(sent);
            });
        }
    }
}
