package io.signalbox.ingest;

import java.security.cert.X509Certificate;
import java.util.List;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * What the peer of the request at hand showed in its TLS handshake. Routes see headers, which a sender can write; this
 * comes from the web server alone, on whose thread the ways in do their work.
 */
final class PresentedCertificates {

    private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

    private PresentedCertificates() {}

    /** Its own first, then those that lead to an authority; empty if it showed none, or this is no request over TLS. */
    static List<X509Certificate> ofThisRequest() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return request != null
                        && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
                                instanceof X509Certificate[] chain
                ? List.of(chain)
                : List.of();
    }
}
