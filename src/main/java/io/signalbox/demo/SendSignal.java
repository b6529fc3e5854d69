package io.signalbox.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays the demo issuer from a process of its own: signs a {@code risk-level-change}, pushes it like any transmitter,
 * and shows what became of it. Needs nothing but a Java runtime, so that it can be started from the compiled classes
 * as well as from the jar.
 */
public final class SendSignal {

    static final String KEY_ID = "demo-1";
    static final String ISSUER = "https://issuer.demo.signalbox.invalid";
    static final String AUDIENCE = "https://signalbox.demo.invalid";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern UNFINISHED = Pattern.compile("\"state\":\"(waiting|retrying)\"");

    private static final Pattern ACTION =
            Pattern.compile("\"kind\":\"([^\"]+)\",\"target\":\"([^\"]+)\",\"state\":\"([^\"]+)\"");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final PrintStream out;
    private final Clock clock;
    private final String base;
    private final Path data;

    private SendSignal(PrintStream out, Clock clock, String base, Path data) {
        this.out = out;
        this.clock = clock;
        this.base = base;
        this.data = data;
    }

    /**
     * Arguments, all optional: the level ({@code HIGH}), the user's e-mail address, the base URL of the gateway.
     */
    public static void main(String[] arguments) throws Exception {
        String level = arguments.length > 0 ? arguments[0] : "HIGH";
        String email = arguments.length > 1 ? arguments[1] : "alice@example.com";
        String base = arguments.length > 2 ? arguments[2] : "http://localhost:8080";
        Path data = Path.of(System.getProperty("signalbox.data-directory", "./data"));
        System.exit(new SendSignal(System.out, Clock.systemUTC(), base, data).send(level, email));
    }

    /** Gives the exit code: 0 good, 1 bad. */
    private int send(String level, String email) throws IOException, InterruptedException, GeneralSecurityException {
        Path key = data.resolve(DemoSecrets.PROFILE).resolve(DemoSecrets.ISSUER_KEY);
        if (Files.notExists(key)) {
            out.println("There is no " + key
                    + ". Start Signalbox with the demo profile, and call this from the same folder.");
            return 1;
        }
        String jti = UUID.randomUUID().toString();
        String set = sign(key, claims(jti, level, email));
        out.println("-> POST " + base + "/push   risk-level-change " + level + " for " + email + ", jti " + jti);
        HttpResponse<String> pushed = http.send(
                HttpRequest.newBuilder(URI.create(base + "/push"))
                        .timeout(Duration.ofSeconds(10))
                        .header("Content-Type", "application/secevent+jwt")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(set))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        out.println("<- " + pushed.statusCode() + " " + pushed.body());
        if (pushed.statusCode() != 202) {
            return 1;
        }
        Instant accepted = clock.instant();
        String story = story(jti);
        out.println();
        out.println("Decided and done "
                + Duration.between(accepted, clock.instant()).toMillis() + " ms after the 202:");
        Matcher action = ACTION.matcher(story);
        while (action.find()) {
            out.printf("   %-16s at %-10s %s%n", action.group(1), action.group(2), action.group(3));
        }
        out.println();
        out.println("What the demo targets were told (GET /demo/calls):");
        out.println(JsonText.indent(get("/demo/calls", null)));
        out.println();
        out.println("The whole story (GET /api/signals?iss=...&jti=..., as an operator):");
        out.println(JsonText.indent(story));
        return story.contains("\"decidedAt\"") && !UNFINISHED.matcher(story).find() ? 0 : 1;
    }

    /** Asks until the signal is decided and none of its actions is on its way any more. */
    private String story(String jti) throws IOException, InterruptedException {
        String token = System.getenv("SIGNALBOX_ADMIN_TOKEN");
        if (token == null || token.isBlank()) {
            token = Files.readString(data.resolve("admin-token")).strip();
        }
        String path = "/api/signals?iss=" + encode(ISSUER) + "&jti=" + encode(jti);
        Instant end = clock.instant().plus(PATIENCE);
        String story = get(path, token);
        while (clock.instant().isBefore(end)
                && (!story.contains("\"decidedAt\"")
                        || UNFINISHED.matcher(story).find())) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            story = get(path, token);
        }
        return story;
    }

    private String get(String path, @org.jspecify.annotations.Nullable String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(10));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private String claims(String jti, String level, String email) {
        long now = clock.instant().getEpochSecond();
        return """
                {"iss":%s,"jti":%s,"iat":%d,"aud":%s,"txn":%s,"sub_id":{"format":"email","email":%s},\
                "events":{"https://schemas.openid.net/secevent/caep/event-type/risk-level-change":\
                {"principal":"USER","current_level":%s,"risk_reason":"DEMO","event_timestamp":%d}}}""".formatted(
                        JsonText.quote(ISSUER),
                        JsonText.quote(jti),
                        now,
                        JsonText.quote(AUDIENCE),
                        JsonText.quote(jti),
                        JsonText.quote(email),
                        JsonText.quote(level),
                        now);
    }

    private static String sign(Path keyFile, String claims) throws IOException, GeneralSecurityException {
        byte[] encoded = Base64.getDecoder().decode(Files.readString(keyFile).strip());
        Signature rs256 = Signature.getInstance("SHA256withRSA");
        rs256.initSign(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        String header = "{\"alg\":\"RS256\",\"typ\":\"secevent+jwt\",\"kid\":\"" + KEY_ID + "\"}";
        String signed =
                base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        rs256.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + base64(rs256.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
