package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** We as a transmitter: who we are, where we are reached, who may have streams of us. */
public final class Transmitter {

    /** Where our public keys are, below {@link #place}. */
    public static final String JWKS = "/ssf/jwks";

    /** Where the streams are polled, each under its id. */
    public static final String POLL = "/ssf/poll/";

    /** The request attribute under which the client stands who sent it. */
    public static final String CLIENT = "signalbox.transmitter.client";

    static final String STREAMS = "/ssf/streams";
    static final String STATUS = "/ssf/status";
    static final String ADD_SUBJECT = "/ssf/subjects:add";
    static final String REMOVE_SUBJECT = "/ssf/subjects:remove";
    static final String VERIFY = "/ssf/verify";
    static final String TOKEN = "/oauth2/token";

    private static final String ISSUER = "signalbox.issuer";

    private final URI issuer;
    private final String text;
    private final String base;
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private final TransmitterProperties properties;

    /** @throws IllegalArgumentException naming the key of what is missing or wrong */
    Transmitter(IssuerProperties issuerProperties, TransmitterProperties properties, Environment environment) {
        if (issuerProperties.issuer() == null) {
            throw new IllegalArgumentException(
                    ISSUER + " is missing: signalbox.transmitter.clients names who receives from us, and this says who"
                            + " we are to them");
        }
        this.text = issuerProperties.issuer().strip();
        this.issuer = address(ISSUER, text);
        this.base = properties.url() == null
                ? issuer.getScheme() + "://" + issuer.getRawAuthority()
                : withoutSlash(
                        address("signalbox.transmitter.url", properties.url().strip())
                                .toString());
        this.properties = properties;
        for (int i = 0; i < properties.clients().size(); i++) {
            String key = "signalbox.transmitter.clients[" + i + "].";
            Client client = new Client(key, properties.clients().get(i), environment);
            if (clients.put(client.id(), client) != null) {
                throw new IllegalArgumentException(key + "id: " + client.id() + " is there twice");
            }
        }
        List<String> tokens = new ArrayList<>();
        clients.values().stream()
                .map(Client::token)
                .filter(token -> token != null)
                .map(Reference::value)
                .forEach(tokens::add);
        if (tokens.stream().distinct().count() < tokens.size()) {
            throw new IllegalArgumentException("signalbox.transmitter.clients: two clients have the same token");
        }
    }

    /** T-03: https, no query, no fragment; http only where nobody is on the way. */
    private static URI address(String key, String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " is no URL", e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https") || scheme.equals("http") && isLoopback(String.valueOf(uri.getHost()));
        if (uri.getHost() == null
                || !secure
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    key + " must be an https URL without query and fragment, or http on loopback");
        }
        return uri;
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** {@code iss} of our SETs, character for character as configured. */
    public String issuer() {
        return text;
    }

    /** Path of the issuer, without a slash at its end: what stands behind the well-known name (T-01). */
    String issuerPath() {
        return withoutSlash(issuer.getRawPath());
    }

    /** The public address of one of our paths. */
    public String place(String path) {
        return base + path;
    }

    /** Where a stream is polled (T-22). */
    String pollPlace(String streamId) {
        return place(POLL + streamId);
    }

    public Optional<Client> client(String id) {
        return Optional.ofNullable(clients.get(id));
    }

    /** In the order of the configuration. */
    public List<Client> clients() {
        return List.copyOf(clients.values());
    }

    Duration minVerificationInterval() {
        return properties.minVerificationInterval();
    }

    /** After how long without a word of its receiver a stream is paused; absent for never. */
    public @Nullable Duration inactivityTimeout() {
        return properties.inactivityTimeout();
    }

    boolean pollWithReadScope() {
        return properties.pollWithReadScope();
    }

    /** URIs of the event types that go out on the stream: what its client may be told of what it asked for. */
    public List<String> delivered(OutboundStream stream) {
        List<String> requested = stream.eventsRequested();
        return client(stream.client())
                .map(client -> client.supported().stream()
                        .filter(uri -> requested == null || requested.contains(uri))
                        .toList())
                .orElse(List.of());
    }
}
