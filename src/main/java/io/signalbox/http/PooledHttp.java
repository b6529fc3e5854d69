package io.signalbox.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/** {@link GuardedHttp} over the guarded pool of connections. */
final class PooledHttp implements GuardedHttp, AutoCloseable {

    private final CloseableHttpClient client;
    private final Duration responseTimeout;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "http-deadlines");
        thread.setDaemon(true);
        return thread;
    });

    PooledHttp(HttpClientConnectionManager connections, Duration responseTimeout) {
        this.responseTimeout = responseTimeout;
        this.client = HttpClients.custom()
                .setConnectionManager(connections)
                .setConnectionManagerShared(true)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(responseTimeout))
                        .setResponseTimeout(Timeout.of(responseTimeout))
                        .setRedirectsEnabled(false)
                        .build())
                .setUserAgent("signalbox")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    @Override
    public Result exchange(Request call) {
        URI uri = call.uri();
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return new Result.Forbidden("Only https may be called, and http on loopback");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            return new Result.Forbidden("The URI must name a host and no user");
        }
        Duration patience = call.patience() == null ? responseTimeout : call.patience();
        HttpUriRequestBase request = request(call, patience);
        // A socket timeout starts anew with each byte; one that sends a byte now and then would hold us for ever.
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> deadline = deadlines.schedule(
                () -> {
                    late.set(true);
                    request.cancel();
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, response -> read(request, response, call.maxBytes()));
        } catch (AddressRefusedException e) {
            return new Result.Forbidden(reason(e));
        } catch (IOException e) {
            return new Result.Unreachable(late.get() ? "No complete answer within " + patience : reason(e));
        } finally {
            deadline.cancel(false);
        }
    }

    private HttpUriRequestBase request(Request call, Duration patience) {
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        request.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.of(responseTimeout))
                .setResponseTimeout(Timeout.of(patience))
                .setRedirectsEnabled(false)
                .build());
        request.setHeader("Accept", "application/json");
        call.headers().forEach(request::setHeader);
        if (call.body() != null) {
            // The type is among the headers; an entity of its own type would send a second one.
            request.setEntity(new ByteArrayEntity(call.body(), null));
        }
        return request;
    }

    private static Result read(HttpUriRequestBase request, ClassicHttpResponse response, int maxBytes)
            throws IOException {
        byte[] body = new byte[0];
        if (response.getEntity() != null) {
            InputStream content = response.getEntity().getContent();
            body = content.readNBytes(maxBytes + 1);
        }
        if (body.length > maxBytes) {
            // Closing the answer properly would read all the rest of it first.
            request.cancel();
            return new Result.TooLarge(maxBytes);
        }
        Map<String, List<String>> headers = new TreeMap<>();
        for (Header header : response.getHeaders()) {
            headers.computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.getValue());
        }
        return new Result.Answered(response.getCode(), headers, body);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
