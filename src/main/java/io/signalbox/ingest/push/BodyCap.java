package io.signalbox.ingest.push;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads at most one byte more of a pushed body than may be accepted. The route behind it keeps the whole body in
 * memory, so without this a stranger could fill it; the one byte more lets {@link PushRequest} tell and answer.
 *
 * <p>Parameters of the URL are kept from it, too: it would take them for headers, and a secret that is sent in a URL ends
 * up in logs.
 */
@Component
final class BodyCap extends OncePerRequestFilter {

    /** The most that any source's webhooks may have; each source has a cap of its own below it. */
    private static final long WEBHOOK_CAP = 1024 * 1024;

    private final long cap;

    BodyCap(PushProperties properties) {
        this.cap = properties.maxBodySize().toBytes();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/push")
                && !request.getRequestURI().startsWith("/logout/")
                && !request.getRequestURI().startsWith("/webhook/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long own = request.getRequestURI().startsWith("/webhook/") ? WEBHOOK_CAP : cap;
        chain.doFilter(new Capped(request, own + 1), response);
    }

    private static final class Capped extends HttpServletRequestWrapper {

        private final long readable;

        Capped(HttpServletRequest request, long readable) {
            super(request);
            this.readable = readable;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new CappedStream(super.getInputStream(), readable);
        }

        /** A character for each byte: whatever a stranger sent can be read, and is refused later for what it is. */
        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.ISO_8859_1));
        }

        @Override
        public @Nullable String getParameter(String name) {
            return null;
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            return Map.of();
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.emptyEnumeration();
        }

        @Override
        public String @Nullable [] getParameterValues(String name) {
            return null;
        }

        @Override
        public int getContentLength() {
            return (int) getContentLengthLong();
        }

        @Override
        public long getContentLengthLong() {
            return Math.min(super.getContentLengthLong(), readable);
        }
    }

    private static final class CappedStream extends ServletInputStream {

        private final ServletInputStream stream;
        private long left;

        CappedStream(ServletInputStream stream, long readable) {
            this.stream = stream;
            this.left = readable;
        }

        @Override
        public int read() throws IOException {
            int value = left > 0 ? stream.read() : -1;
            left -= value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
                return length == 0 ? 0 : -1;
            }
            int count = stream.read(buffer, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }

        @Override
        public boolean isFinished() {
            return left <= 0 || stream.isFinished();
        }

        @Override
        public boolean isReady() {
            return stream.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            stream.setReadListener(listener);
        }
    }
}
