package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gets access tokens with the client's own credentials and keeps each for as long as it lasts. Whoever waits for a token
 * that another is fetching takes that one.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
 */
final class ClientLogin implements Authorization {

    private static final int MAX_BYTES = 64 * 1024;

    /** A token is not used in its last moments: it has a way to go, and their clock may be ahead of ours. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final GuardedHttp http;
    private final Clock clock;
    private final URI tokenUri;
    private final String clientId;
    private final ClientAuthentication authentication;
    private final List<String> scopes;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String held;
    private Instant usableUntil = Instant.MIN;

    ClientLogin(
            GuardedHttp http,
            Clock clock,
            URI tokenUri,
            String clientId,
            ClientAuthentication authentication,
            List<String> scopes) {
        this.http = http;
        this.clock = clock;
        this.tokenUri = tokenUri;
        this.clientId = clientId;
        this.authentication = authentication;
        this.scopes = List.copyOf(scopes);
    }

    @Override
    public Answer<String> header() {
        lock.lock();
        try {
            if (held != null && clock.instant().isBefore(usableUntil)) {
                return new Answer.Done<>(held);
            }
            held = null;
            return fetch();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean refused(String header) {
        lock.lock();
        try {
            if (header.equals(held)) {
                held = null;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Answer<String> fetch() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!scopes.isEmpty()) {
            form.put("scope", String.join(" ", scopes));
        }
        authentication.apply(clientId, tokenUri, clock, headers, form);
        String body = form.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        Reply reply = Reply.of(http.exchange(new GuardedHttp.Request(
                "POST", tokenUri, headers, body.getBytes(StandardCharsets.UTF_8), MAX_BYTES, null)));
        if (reply.status() != 200) {
            return reply.failed("the token endpoint");
        }
        try {
            return new Answer.Done<>(keep(new Members(reply.object(), "RFC 6749, section 5.1")));
        } catch (Members.Unfit unfit) {
            return unfit.answer();
        }
    }

    private String keep(Members token) {
        String value = token.needed("access_token");
        if (!value.matches("[\\x21-\\x7e]+")) {
            throw token.unfit("access_token", "has characters that no header may carry");
        }
        if (!token.needed("token_type").equalsIgnoreCase("Bearer")) {
            throw token.unfit("token_type", "is not Bearer, the only one that SSF has a use for");
        }
        Duration life = token.seconds("expires_in");
        Instant now = clock.instant();
        if (life == null) {
            // It says nothing, so it is used until it is refused, and not for ever.
            life = Duration.ofHours(1);
        }
        Duration margin = MARGIN.compareTo(life.dividedBy(4)) < 0 ? MARGIN : life.dividedBy(4);
        usableUntil = now.plus(life).minus(margin);
        held = "Bearer " + value;
        return held;
    }

    /** Says where and how, and no secret. */
    @Override
    public String toString() {
        return "client credentials of " + clientId + " at " + tokenUri + " by " + authentication;
    }
}
