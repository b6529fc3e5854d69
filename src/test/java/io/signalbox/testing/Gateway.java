package io.signalbox.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A running gateway as those outside it know it: senders push to it, operators ask it. */
public final class Gateway {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final String token;

    public Gateway(String url, String token) {
        this.url = url;
        this.token = token;
    }

    public HttpResponse<String> push(String set) {
        return push("application/secevent+jwt", HttpRequest.BodyPublishers.ofString(set));
    }

    public HttpResponse<String> push(String contentType, HttpRequest.BodyPublisher body) {
        return call(HttpRequest.newBuilder(URI.create(url + "/push"))
                .header("Content-Type", contentType)
                .header("Accept", "application/json")
                .POST(body));
    }

    /** One webhook with JSON, as the vendor behind a source. */
    public int hook(String source, String authorization, String json) {
        return call(HttpRequest.newBuilder(URI.create(url + "/webhook/" + source))
                        .header("Content-Type", "application/json")
                        .header("Authorization", authorization)
                        .POST(HttpRequest.BodyPublishers.ofString(json)))
                .statusCode();
    }

    /** As an operator. */
    public HttpResponse<String> get(String path) {
        return call(HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token));
    }

    /** As an operator. */
    public HttpResponse<String> post(String path) {
        return call(HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** As an operator. */
    public HttpResponse<String> post(String path, String json) {
        return call(HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public HttpResponse<String> call(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What is known of a SET now; a missing node if it is not known. */
    public JsonNode story(String iss, String jti) {
        return json(get("/api/signals?iss=" + encode(iss) + "&jti=" + encode(jti))
                        .body())
                .path("items")
                .path(0);
    }

    /** Everything in the ledger, read page by page. */
    public List<JsonNode> ledger() {
        List<JsonNode> all = new ArrayList<>();
        for (String after = ""; after != null; ) {
            JsonNode page = json(get("/api/signals?limit=200" + (after.isEmpty() ? "" : "&after=" + encode(after)))
                    .body());
            page.path("items").forEach(all::add);
            after = page.path("next").textValue();
        }
        return all;
    }

    /** What is known of a SET once it was decided and none of its actions is on its way any more. */
    public JsonNode ended(String iss, String jti) {
        return Awaitility.await("the end of " + jti)
                .atMost(Duration.ofSeconds(30))
                .until(() -> story(iss, jti), Gateway::isEnded);
    }

    /** Whether a SET's story was decided and none of its actions is on its way any more. */
    public static boolean isEnded(JsonNode story) {
        if (story.path("decision").path("decidedAt").isMissingNode()) {
            return false;
        }
        for (JsonNode action : story.path("actions")) {
            String state = action.path("state").asText();
            if (state.equals("waiting") || state.equals("retrying")) {
                return false;
            }
        }
        return true;
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
