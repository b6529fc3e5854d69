package io.signalbox.transmit;

import io.signalbox.store.ClientTokens;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The built-in authorization server: clients of the configuration, and tokens for themselves. Decision 25 says why it is
 * our own.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
 */
@RestController
@OnlyAsTransmitter
class TokenController {

    private static final String METADATA = "/.well-known/oauth-authorization-server";

    private final Transmitter transmitter;
    private final AccessTokens tokens;
    private final ClientTokens book;
    private final Clock clock;

    TokenController(Transmitter transmitter, AccessTokens tokens, ClientTokens book, Clock clock) {
        this.transmitter = transmitter;
        this.tokens = tokens;
        this.book = book;
        this.clock = clock;
    }

    @PostMapping(Transmitter.TOKEN)
    ResponseEntity<String> token(HttpServletRequest request) {
        // What stands in a URL ends up in logs and histories (RFC 6749, section 2.3.1).
        if (request.getQueryString() != null
                || request.getParameterMap().values().stream().anyMatch(values -> values.length != 1)) {
            return refused(HttpStatus.BAD_REQUEST, "invalid_request", "Parameters go into the body, each once");
        }
        String grant = request.getParameter("grant_type");
        if (grant == null) {
            return refused(HttpStatus.BAD_REQUEST, "invalid_request", "grant_type is missing");
        }
        Optional<Client> client = client(request);
        if (client.isEmpty()) {
            ResponseEntity<String> answer =
                    refused(HttpStatus.UNAUTHORIZED, "invalid_client", "No client, or not with these credentials");
            return ResponseEntity.status(answer.getStatusCode())
                    .headers(answer.getHeaders())
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"signalbox\"")
                    .body(answer.getBody());
        }
        if (!grant.equals("client_credentials")) {
            return refused(HttpStatus.BAD_REQUEST, "unsupported_grant_type", "Only client_credentials is offered here");
        }
        Set<String> scopes = scopes(request.getParameter("scope"), client.get());
        if (scopes.isEmpty() || !client.get().scopes().containsAll(scopes)) {
            return refused(HttpStatus.BAD_REQUEST, "invalid_scope", "This client may not have this scope");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("access_token", tokens.issue(client.get(), scopes));
        body.put("token_type", "Bearer");
        body.put("expires_in", AccessTokens.LIFE.toSeconds());
        body.put("scope", String.join(" ", new TreeSet<>(scopes)));
        return Json.answer(HttpStatus.OK, body);
    }

    private static Set<String> scopes(@Nullable String asked, Client client) {
        return asked == null || asked.isBlank()
                ? client.scopes()
                : new LinkedHashSet<>(Arrays.asList(asked.strip().split(" +")));
    }

    private static ResponseEntity<String> refused(HttpStatus status, String error, String description) {
        return Json.answer(status, CallErrors.body(error, description));
    }

    /** Empty if it is nobody, or does not prove it, or tries two ways at once. */
    private Optional<Client> client(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        String id = request.getParameter("client_id");
        String secret = request.getParameter("client_secret");
        String assertion = request.getParameter("client_assertion");
        long ways = List.of(header != null, secret != null, assertion != null).stream()
                .filter(way -> way)
                .count();
        if (ways != 1) {
            return Optional.empty();
        }
        if (assertion != null) {
            return ClientAssertion.TYPE.equals(request.getParameter("client_assertion_type"))
                    ? byAssertion(assertion, id)
                    : Optional.empty();
        }
        if (secret != null) {
            return id == null ? Optional.empty() : bySecret(id, secret);
        }
        String[] pair = basic(header);
        return pair.length == 2 && (id == null || id.equals(pair[0])) ? bySecret(pair[0], pair[1]) : Optional.empty();
    }

    private static String[] basic(String header) {
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return new String[0];
        }
        try {
            String text =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            String[] pair = text.split(":", 2);
            for (int i = 0; i < pair.length; i++) {
                // RFC 6749, section 2.3.1: both are encoded like a form before they are put together.
                pair[i] = URLDecoder.decode(pair[i], StandardCharsets.UTF_8);
            }
            return pair;
        } catch (IllegalArgumentException e) {
            return new String[0];
        }
    }

    private Optional<Client> bySecret(String id, String secret) {
        Optional<Client> client = transmitter.client(id);
        Reference reference = client.map(Client::secret).orElse(null);
        // A client that is not there takes as long as one whose secret is another.
        boolean same = AccessTokens.same(secret, reference == null ? "" : reference.value());
        return same && reference != null ? client : Optional.empty();
    }

    private Optional<Client> byAssertion(String assertion, @Nullable String id) {
        String subject = ClientAssertion.subject(assertion);
        if (subject == null || id != null && !id.equals(subject)) {
            return Optional.empty();
        }
        return transmitter.client(subject).filter(client -> {
            Tenant tenant = client.tenant();
            Set<String> audiences = Set.of(tenant.place(Transmitter.TOKEN), tenant.issuer());
            Path keys = client.keysFile();
            return keys != null && ClientAssertion.isGood(assertion, client, keys, audiences, book, clock);
        });
    }

    /** RFC 8414: where receivers find the token endpoint. */
    @GetMapping(METADATA + "/**")
    ResponseEntity<String> metadata(HttpServletRequest request) {
        Tenant tenant = transmitter
                .tenantAt(request.getRequestURI().substring(METADATA.length()))
                .orElse(null);
        if (tenant == null) {
            return Json.empty(HttpStatus.NOT_FOUND);
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("issuer", tenant.issuer());
        metadata.put("token_endpoint", tenant.place(Transmitter.TOKEN));
        metadata.put("grant_types_supported", List.of("client_credentials"));
        metadata.put("response_types_supported", List.of());
        metadata.put(
                "token_endpoint_auth_methods_supported",
                List.of("client_secret_basic", "client_secret_post", "private_key_jwt"));
        metadata.put("token_endpoint_auth_signing_alg_values_supported", List.of("RS256", "PS256", "ES256", "ES384"));
        metadata.put("scopes_supported", List.of(Client.READ, Client.MANAGE, Client.POLL));
        return MetadataController.cacheable(metadata);
    }
}
