package io.signalbox.transmit;

import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.wire.Wire;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a receiver in by its token, and to what the token is good for; before anything else of the call is looked at
 * (T-15).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3.1">RFC 6750, section 3.1</a>
 */
final class AccessFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Set<String> READABLE = Set.of(Transmitter.STREAMS, Transmitter.STATUS);

    private final Transmitter transmitter;
    private final AccessTokens tokens;

    AccessFilter(Transmitter transmitter, AccessTokens tokens) {
        this.transmitter = transmitter;
        this.tokens = tokens;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
        if (headers.size() > 1) {
            refuse(
                    response,
                    HttpServletResponse.SC_BAD_REQUEST,
                    "invalid_request",
                    "More than one identity is shown",
                    "");
            return;
        }
        String header = headers.isEmpty() ? "" : headers.get(0);
        String[] parts = header.split(" +", 2);
        if (!parts[0].equalsIgnoreCase(SCHEME)) {
            // Whoever showed nothing that we know is told no error code.
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, SCHEME);
            write(response, HttpServletResponse.SC_UNAUTHORIZED, "unauthorized", "Send an access token");
            return;
        }
        if (parts.length != 2 || parts[1].isBlank()) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "invalid_request", "There is no token", "");
            return;
        }
        if (!TOKEN.matcher(parts[1]).matches()) {
            // RFC 6750 calls a malformed token as invalid as one that is over; the request has its parts.
            refuse(
                    response,
                    HttpServletResponse.SC_UNAUTHORIZED,
                    "invalid_token",
                    "The token is not known here, or no longer",
                    "");
            return;
        }
        Access access;
        try {
            access = tokens.of(parts[1]);
        } catch (LedgerUnavailableException e) {
            access = Access.NOT_NOW;
        }
        if (access instanceof Access.NotNow) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            write(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "temporarily_unavailable",
                    "This cannot be done now");
            return;
        }
        if (!(access instanceof Access.Granted granted)) {
            refuse(
                    response,
                    HttpServletResponse.SC_UNAUTHORIZED,
                    "invalid_token",
                    "The token is not known here, or no longer",
                    "");
            return;
        }
        Set<String> enough = enough(request);
        if (Collections.disjoint(granted.scopes(), enough)) {
            refuse(
                    response,
                    HttpServletResponse.SC_FORBIDDEN,
                    "insufficient_scope",
                    "The token is not good for this",
                    ", scope=\"" + (enough.contains(Client.READ) ? Client.READ : Client.MANAGE) + "\"");
            return;
        }
        Client client = granted.client();
        request.setAttribute(Transmitter.CLIENT, client);
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                client.id(), null, AuthorityUtils.createAuthorityList("ROLE_RECEIVER")));
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    /** Scopes of which one suffices (I-31); all that is not known to be harmless needs the greater one. */
    private Set<String> enough(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (path.startsWith(Transmitter.POLL)) {
            return transmitter.pollWithReadScope()
                    ? Set.of(Client.MANAGE, Client.POLL, Client.READ)
                    : Set.of(Client.MANAGE, Client.POLL);
        }
        boolean reads = Set.of("GET", "HEAD").contains(request.getMethod()) && READABLE.contains(path);
        return reads ? Set.of(Client.READ, Client.MANAGE) : Set.of(Client.MANAGE);
    }

    private static void refuse(HttpServletResponse response, int status, String error, String description, String more)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, SCHEME + " error=\"" + error + "\"" + more);
        write(response, status, error, description);
    }

    private static void write(HttpServletResponse response, int status, String error, String description)
            throws IOException {
        response.setStatus(status);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(Wire.write(CallErrors.body(error, description)));
    }
}
