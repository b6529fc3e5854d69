package io.signalbox.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets in whoever shows a token that we know, in the role that it stands for. One that we do not know is no reason to refuse here: on open paths
 * it is the transmitter's own, and means nothing to us.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section 2.1</a>
 */
final class OperatorTokenFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private final List<AdminToken> tokens;

    OperatorTokenFilter(List<AdminToken> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        presented(request)
                .flatMap(shown ->
                        tokens.stream().filter(token -> token.matches(shown)).findFirst())
                .ifPresent(OperatorTokenFilter::letIn);
        chain.doFilter(request, response);
    }

    private static void letIn(AdminToken token) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                token.name(),
                null,
                AuthorityUtils.createAuthorityList("ROLE_" + token.role().name())));
        SecurityContextHolder.setContext(context);
    }

    /** Only from the header: what stands in a URL ends up in logs and histories. */
    static Optional<String> presented(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> header.substring(SCHEME.length()).strip());
    }
}
