package io.signalbox.http;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Fetches what others publish, from addresses that may be called. Redirects are answers like any other and are never
 * followed; cookies and credentials are never kept.
 */
public interface GuardedHttp {

    /**
     * Fetches a document.
     *
     * @param uri https, or http where the host is a loopback address that the operator listed
     * @param maxBytes the largest body that is read
     * @return what came of it; never throws for anything that the other side does
     */
    Result get(URI uri, int maxBytes);

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
