package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The receiver's side of a transmitter's management interface. Each call is made once, and once more with a new token if
 * the first was not taken. Sends nothing but what is the receiver's to write.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1">SSF 1.0, section
 *     8.1</a>
 */
public final class StreamClient {

    private static final int MAX_BYTES = 256 * 1024;

    /** A page of a hundred SETs of the size that we take. */
    private static final int MAX_POLLED_BYTES = 8 * 1024 * 1024;

    private final GuardedHttp http;
    private final TransmitterMetadata metadata;
    private final Authorization authorization;
    private final Consumer<Deviation> deviations;

    /** @param deviations told what the transmitter does otherwise than the text has it and we put up with */
    public StreamClient(
            GuardedHttp http,
            TransmitterMetadata metadata,
            Authorization authorization,
            Consumer<Deviation> deviations) {
        this.http = http;
        this.metadata = metadata;
        this.authorization = authorization;
        this.deviations = deviations;
    }

    /**
     * Makes a stream. One that the transmitter makes in another issuer's name is deleted again: no SET of it
     * could be believed.
     */
    public Answer<StreamConfiguration> create(StreamRequest wanted) {
        Answer<StreamConfiguration> made =
                call("POST", configuration(), wanted.toJson(), new Meaning<>(201, false, this::configuration));
        if (made.value().isPresent()) {
            StreamConfiguration stream = made.value().get();
            if (!stream.iss().equals(metadata.issuer())) {
                delete(stream.streamId());
                return foreign();
            }
        }
        return made;
    }

    /** The stream as it is. */
    public Answer<StreamConfiguration> read(String streamId) {
        return own(
                streamId,
                call("GET", ofStream(configuration(), streamId), null, new Meaning<>(200, false, this::configuration)));
    }

    /** All streams of this receiver; empty if it has none. */
    public Answer<List<StreamConfiguration>> list() {
        return call("GET", configuration(), null, new Meaning<>(200, false, reply -> {
            Object json = reply.json();
            Collection<?> items = json instanceof Collection<?> array ? array : List.of(json);
            if (!(json instanceof Collection<?>)) {
                deviations.accept(new Deviation("R-44", "The list of streams is an object and no array"));
            }
            List<StreamConfiguration> streams = new ArrayList<>();
            for (Object item : items) {
                if (!(item instanceof Map<?, ?> map)) {
                    throw new Members.Unfit("R-44", "The list of streams holds something that is no object");
                }
                streams.add(StreamConfiguration.read(map));
            }
            return List.copyOf(streams);
        }));
    }

    /** Changes the members that are present and no other. */
    public Answer<StreamConfiguration> patch(String streamId, StreamRequest change) {
        return write("PATCH", streamId, change);
    }

    /** Replaces what is the receiver's to write: absent members are deleted. */
    public Answer<StreamConfiguration> replace(String streamId, StreamRequest wanted) {
        return write("PUT", streamId, wanted);
    }

    private Answer<StreamConfiguration> write(String method, String streamId, StreamRequest request) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("stream_id", streamId);
        body.putAll(request.toJson());
        return own(streamId, call(method, configuration(), body, new Meaning<>(200, true, this::configuration)));
    }

    /** Ends the stream. */
    public Answer<Boolean> delete(String streamId) {
        return call("DELETE", ofStream(configuration(), streamId), null, nothing(204));
    }

    public Answer<StreamState> status(String streamId) {
        return call(
                "GET",
                ofStream(endpoint("status_endpoint", metadata.statusEndpoint()), streamId),
                null,
                new Meaning<>(200, false, reply -> state(reply, streamId)));
    }

    /** Asks for another status; the transmitter decides (T-43). */
    public Answer<StreamState> status(String streamId, StreamStatus wanted) {
        return call(
                "POST",
                endpoint("status_endpoint", metadata.statusEndpoint()),
                Map.of("stream_id", streamId, "status", wanted.word()),
                new Meaning<>(200, true, reply -> state(reply, streamId)));
    }

    /**
     * Asks for a verification event. It comes by the stream's own way, before or after this call ends.
     *
     * @param state comes back with it
     */
    public Answer<Boolean> verify(String streamId, String state) {
        return call(
                "POST",
                endpoint("verification_endpoint", metadata.verificationEndpoint()),
                Map.of("stream_id", streamId, "state", state),
                nothing(204));
    }

    /** Success says nothing about whether events will come. */
    public Answer<Boolean> addSubject(String streamId, SubjectIdentifier subject, boolean verified) {
        return call(
                "POST",
                endpoint("add_subject_endpoint", metadata.addSubjectEndpoint()),
                Map.of("stream_id", streamId, "subject", subject.toJson(), "verified", verified),
                new Meaning<>(200, false, 204, reply -> true));
    }

    /** Events about it may still come for a while (T-65). */
    public Answer<Boolean> removeSubject(String streamId, SubjectIdentifier subject) {
        return call(
                "POST",
                endpoint("remove_subject_endpoint", metadata.removeSubjectEndpoint()),
                Map.of("stream_id", streamId, "subject", subject.toJson()),
                new Meaning<>(204, false, 200, reply -> true));
    }

    /**
     * One poll.
     *
     * @param endpoint the stream's own
     * @param poll what is asked for and what is acknowledged
     * @param patience longer than the transmitter lets a poll wait
     */
    public Answer<Polled> poll(URI endpoint, PollRequest poll, Duration patience) {
        Endpoint place = new Endpoint("delivery.endpoint_url", endpoint);
        return call("POST", place, poll.toJson(), new Meaning<>(200, false, StreamClient::polled), patience);
    }

    private static Polled polled(Reply reply) {
        Map<?, ?> json = reply.object();
        if (!(json.get("sets") instanceof Map<?, ?> sets)) {
            throw new Members.Unfit("R-22", "The member sets is missing or no object");
        }
        Map<String, String> tokens = new LinkedHashMap<>();
        sets.forEach((jti, token) -> {
            if (!(token instanceof String text)) {
                throw new Members.Unfit("R-22", "The member sets holds something that is no string");
            }
            tokens.put(String.valueOf(jti), text);
        });
        Object more = json.get("moreAvailable");
        if (more != null && !(more instanceof Boolean)) {
            throw new Members.Unfit("R-22", "The member moreAvailable is no boolean");
        }
        return new Polled(tokens, Boolean.TRUE.equals(more));
    }

    private StreamConfiguration configuration(Reply reply) {
        return StreamConfiguration.read(reply.object());
    }

    private static StreamState state(Reply reply, String streamId) {
        Members members = new Members(reply.object(), "SSF 8.1.2");
        String word = members.needed("status");
        StreamStatus status = StreamStatus.of(word)
                .orElseThrow(() -> members.unfit("status", "is none of enabled, paused, disabled"));
        if (!members.needed("stream_id").equals(streamId)) {
            throw members.unfit("stream_id", "is another stream's");
        }
        return new StreamState(streamId, status, members.text("reason"));
    }

    /** What is answered of another stream, or in another's name, is not used. */
    private Answer<StreamConfiguration> own(String streamId, Answer<StreamConfiguration> answer) {
        if (answer.value().isPresent()) {
            StreamConfiguration stream = answer.value().get();
            if (!stream.streamId().equals(streamId)) {
                return new Answer.Malformed<>("SSF 8.1.1", "The answer is about another stream");
            }
            if (!stream.iss().equals(metadata.issuer())) {
                return foreign();
            }
        }
        return answer;
    }

    private static Answer<StreamConfiguration> foreign() {
        return new Answer.Malformed<>("R-41", "The stream's iss is not the transmitter's issuer");
    }

    private record Endpoint(String member, @Nullable URI uri) {}

    private static Endpoint endpoint(String member, @Nullable URI uri) {
        return new Endpoint(member, uri);
    }

    private Endpoint configuration() {
        return endpoint("configuration_endpoint", metadata.configurationEndpoint());
    }

    private static Endpoint ofStream(Endpoint endpoint, String streamId) {
        URI uri = endpoint.uri();
        if (uri == null) {
            return endpoint;
        }
        String query = "stream_id="
                + URLEncoder.encode(streamId, StandardCharsets.UTF_8).replace("+", "%20");
        String separator = uri.getRawQuery() == null ? "?" : "&";
        return new Endpoint(endpoint.member(), URI.create(uri + separator + query));
    }

    private interface Reading<T> {
        T read(Reply reply);
    }

    /**
     * What the text says of a call.
     *
     * @param status the one that means done
     * @param mayBePending whether 202 has a meaning here
     * @param also another that means done although the text has it otherwise; 0 if there is none
     */
    private record Meaning<T>(int status, boolean mayBePending, int also, Reading<T> reading) {
        Meaning(int status, boolean mayBePending, Reading<T> reading) {
            this(status, mayBePending, 0, reading);
        }
    }

    private Meaning<Boolean> nothing(int status) {
        return new Meaning<>(status, false, reply -> {
            if (reply.body().length > 0) {
                deviations.accept(new Deviation("SSF 8.1", "A " + status + " has a body"));
            }
            return true;
        });
    }

    private <T> Answer<T> call(
            String method, Endpoint endpoint, @Nullable Map<String, Object> body, Meaning<T> meaning) {
        return call(method, endpoint, body, meaning, null);
    }

    private <T> Answer<T> call(
            String method,
            Endpoint endpoint,
            @Nullable Map<String, Object> body,
            Meaning<T> meaning,
            @Nullable Duration patience) {
        URI uri = endpoint.uri();
        if (uri == null) {
            return new Answer.NotOffered<>(endpoint.member());
        }
        Answer<String> header = authorization.header();
        if (header.value().isEmpty()) {
            return header.undone();
        }
        Reply reply = exchange(method, uri, header.value().get(), body, patience);
        if (reply.status() == 401 && authorization.refused(header.value().get())) {
            Answer<String> renewed = authorization.header();
            if (renewed.value().isEmpty()) {
                return renewed.undone();
            }
            reply = exchange(method, uri, renewed.value().get(), body, patience);
        }
        return judge(reply, meaning);
    }

    private Reply exchange(
            String method,
            URI uri,
            String authorizationHeader,
            @Nullable Map<String, Object> body,
            @Nullable Duration patience) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", authorizationHeader);
        if (body != null) {
            headers.put("Content-Type", "application/json");
            if (body.containsKey("setErrs")) {
                // the descriptions are ours, and in English.
                headers.put("Content-Language", "en");
            }
        }
        byte[] bytes = body == null ? null : Wire.write(body).getBytes(StandardCharsets.UTF_8);
        int cap = patience == null ? MAX_BYTES : MAX_POLLED_BYTES;
        return Reply.of(http.exchange(new GuardedHttp.Request(method, uri, headers, bytes, cap, patience)));
    }

    private <T> Answer<T> judge(Reply reply, Meaning<T> meaning) {
        int status = reply.status();
        if (status == meaning.status() || (status != 0 && status == meaning.also())) {
            if (status != meaning.status()) {
                deviations.accept(
                        new Deviation("R-48", "Answered " + status + " where the text has " + meaning.status()));
            }
            try {
                return new Answer.Done<>(meaning.reading().read(reply));
            } catch (Members.Unfit unfit) {
                return unfit.answer();
            }
        }
        if (status == 202 && meaning.mayBePending()) {
            return new Answer.Pending<>();
        }
        if (status >= 200 && status < 300) {
            return new Answer.Malformed<>("SSF 8.1", "Answered " + status + " where the text has " + meaning.status());
        }
        if (status == 404) {
            return new Answer.Gone<>();
        }
        if (status == 409 && meaning.status() == 201) {
            return new Answer.Taken<>();
        }
        return reply.failed("this call");
    }
}
