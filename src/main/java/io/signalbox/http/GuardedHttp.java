package io.signalbox.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what others publish and calls their interfaces, at addresses that may be called. Redirects are answers like
 * any other and are never followed; cookies and credentials are never kept.
 */
public interface GuardedHttp {

    /**
     * Fetches a document.
     *
     * @param uri https, or http where the host is a loopback address that the operator listed
     * @param maxBytes the largest body that is read
     * @return what came of it; never throws for anything that the other side does
     */
    default Result get(URI uri, int maxBytes) {
        return exchange(new Request("GET", uri, Map.of(), null, maxBytes, null));
    }

    /**
     * Makes one call; it is not repeated, whatever comes of it.
     *
     * @return what came of it; never throws for anything that the other side does
     */
    Result exchange(Request request);

    /**
     * One call.
     *
     * @param method such as {@code POST}
     * @param uri https, or http where the host is a loopback address that the operator listed
     * @param headers what is sent besides {@code Accept: application/json}, which stands unless it is named here. Values
     *     may be secrets
     * @param body absent if there is none
     * @param maxBytes the largest body that is read
     * @param patience how long the whole answer may take; absent for {@code signalbox.http.response-timeout}
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Request(
            String method,
            URI uri,
            Map<String, String> headers,
            byte @Nullable [] body,
            int maxBytes,
            @Nullable Duration patience) {

        /** Headers and bodies hold credentials: neither belongs in a log. */
        @Override
        public String toString() {
            return "Request[" + method + " " + uri + "]";
        }
    }

    /** What came of a request. */
    sealed interface Result {

        /** The other side answered, with any status. Header names are in lower case. */
        @SuppressWarnings("ArrayRecordComponent")
        record Answered(int status, Map<String, List<String>> headers, byte[] body) implements Result {}

        /** We did not call: the address or the URI is not one that may be called. Trying again does not help. */
        record Forbidden(String why) implements Result {}

        /** It answered with more than was asked for, and the rest was not read. */
        record TooLarge(int maxBytes) implements Result {}

        /** No name, no connection, no trust in the certificate, or no answer in time. Trying again may help. */
        record Unreachable(String why) implements Result {}
    }
}
