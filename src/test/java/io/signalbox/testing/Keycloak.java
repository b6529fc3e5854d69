package io.signalbox.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real Keycloak with one realm that transmits security events, takes SCIM requests, and knows one user. Its store is
 * in memory; its distribution lies where the build's profile {@code keycloak} unpacked it.
 */
public final class Keycloak implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADMINISTRATOR = "admin";
    private static final String REALM = "acme";

    /** The password of the realm's user, until a test changes it. */
    public static final String PASSWORD = "correct horse battery staple";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final String url;
    private final Process process;

    private Keycloak(String url, Process process) {
        this.url = url;
        this.process = process;
        Thread reader = new Thread(this::read, "log of Keycloak");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts it, waits until it answers, and makes the realm. Its first start takes a minute or two. */
    public static Keycloak start(Path distribution) throws IOException {
        int port = free();
        String url = "http://127.0.0.1:" + port;
        Path script = distribution.resolve("bin/kc.sh");
        List<String> command = List.of(
                "/bin/bash",
                script.toString(),
                "start-dev",
                "--db=dev-mem",
                "--features=ssf,scim-api",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--http-management-port=" + free(),
                "--hostname-strict=false",
                "--spi-ssf-transmitter--default--allow-insecure-push-targets=true",
                "--spi-ssf-transmitter--default--outbox-drainer-interval=1s",
                "--spi-ssf-transmitter--default--min-verification-interval-seconds=1");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS_KC_HEAP",
                        "-Xms128m -Xmx768m",
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        ADMINISTRATOR,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        ADMINISTRATOR));
        Keycloak keycloak = new Keycloak(url, builder.start());
        try {
            Awaitility.await("Keycloak's start")
                    .atMost(Duration.ofMinutes(6))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(keycloak::answers);
            keycloak.makeRealm();
            return keycloak;
        } catch (RuntimeException e) {
            System.err.println(String.join("\n", keycloak.log));
            keycloak.close();
            throw e;
        }
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Keycloak ended:\n" + String.join("\n", log));
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/realms/master"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void makeRealm() {
        administer(
                "POST",
                "",
                Map.of(
                        "realm",
                        REALM,
                        "enabled",
                        true,
                        "scimApiEnabled",
                        true,
                        "attributes",
                        Map.of("ssf.transmitterEnabled", "true"),
                        "users",
                        List.of(Map.of(
                                "username",
                                "alice",
                                "email",
                                "alice@acme.example",
                                "emailVerified",
                                true,
                                "firstName",
                                "Alice",
                                "lastName",
                                "Liddell",
                                "enabled",
                                true,
                                "credentials",
                                List.of(Map.of("type", "password", "value", PASSWORD, "temporary", false)))),
                        "clients",
                        List.of(Map.of(
                                "clientId",
                                "app",
                                "publicClient",
                                true,
                                "directAccessGrantsEnabled",
                                true,
                                "redirectUris",
                                List.of("http://127.0.0.1/*")))));
    }

    /** The realm's URL, which is also its name as an issuer. */
    public String issuer() {
        return url + "/realms/" + REALM;
    }

    public String jwksUri() {
        return issuer() + "/protocol/openid-connect/certs";
    }

    public String tokenUri() {
        return issuer() + "/protocol/openid-connect/token";
    }

    public String scim() {
        return issuer() + "/scim/v2";
    }

    /**
     * Makes a client that may have a stream of its own, and gives its secret.
     *
     * @param pushUrls where it may be pushed to, a pattern; none for a client that polls
     */
    public String addReceiver(String clientId, @Nullable String pushUrls) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("ssf.enabled", "true");
        attributes.put("ssf.defaultSubjects", "ALL");
        attributes.put("ssf.streamAudience", Sets.AUDIENCE);
        if (pushUrls != null) {
            attributes.put("ssf.validPushUrls", pushUrls);
        }
        String id = addServiceAccount(clientId, attributes, List.of());
        for (JsonNode scope : administer("GET", "/" + REALM + "/client-scopes", null)) {
            if (scope.path("name").asText().startsWith("ssf.")) {
                administer(
                        "PUT",
                        "/" + REALM + "/clients/" + id + "/optional-client-scopes/"
                                + scope.path("id").asText(),
                        Map.of());
            }
        }
        return secretOf(clientId);
    }

    /** Where the realm is administered. */
    public String admin() {
        return url + "/admin/realms/" + REALM;
    }

    /** Makes a client that may change users over the admin API and nothing else, and gives its secret. */
    public String addUserManager(String clientId) {
        grant(addServiceAccount(clientId, Map.of(), List.of()), List.of("manage-users"));
        return secretOf(clientId);
    }

    /** Makes a client that may change users over SCIM, and gives its secret. */
    public String addScimClient(String clientId) {
        String id = addServiceAccount(
                clientId,
                Map.of(),
                List.of(Map.of(
                        "name",
                        "scim",
                        "protocol",
                        "openid-connect",
                        "protocolMapper",
                        "oidc-audience-mapper",
                        "config",
                        Map.of("included.custom.audience", scim(), "access.token.claim", "true"))));
        grant(id, List.of("manage-users", "view-users", "query-users"));
        return secretOf(clientId);
    }

    private void grant(String id, List<String> wanted) {
        String account = administer("GET", "/" + REALM + "/clients/" + id + "/service-account-user", null)
                .path("id")
                .asText();
        String management = administer("GET", "/" + REALM + "/clients?clientId=realm-management", null)
                .path(0)
                .path("id")
                .asText();
        List<JsonNode> roles = new ArrayList<>();
        for (JsonNode role : administer("GET", "/" + REALM + "/clients/" + management + "/roles", null)) {
            if (wanted.contains(role.path("name").asText())) {
                roles.add(role);
            }
        }
        administer("POST", "/" + REALM + "/users/" + account + "/role-mappings/clients/" + management, roles);
    }

    private String addServiceAccount(String clientId, Map<String, String> attributes, List<?> mappers) {
        administer(
                "POST",
                "/" + REALM + "/clients",
                Map.of(
                        "clientId",
                        clientId,
                        "secret",
                        secretOf(clientId),
                        "serviceAccountsEnabled",
                        true,
                        "standardFlowEnabled",
                        false,
                        "attributes",
                        attributes,
                        "protocolMappers",
                        mappers));
        return administer("GET", "/" + REALM + "/clients?clientId=" + clientId, null)
                .path(0)
                .path("id")
                .asText();
    }

    private static String secretOf(String clientId) {
        return "the-secret-of-" + clientId;
    }

    /** A token for one of the clients made here, good for a few minutes. */
    public String token(String clientId, @Nullable String scope) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("client_id", clientId);
        form.put("client_secret", secretOf(clientId));
        if (scope != null) {
            form.put("scope", scope);
        }
        return form(tokenUri(), form).path("access_token").asText();
    }

    /** Logs the user in and gives the tokens. */
    public JsonNode login(String password) {
        return form(
                tokenUri(),
                Map.of(
                        "grant_type",
                        "password",
                        "client_id",
                        "app",
                        "username",
                        "alice",
                        "password",
                        password,
                        "scope",
                        "openid"));
    }

    /** The user logs out. */
    public void logout(JsonNode tokens) {
        JsonNode ignored = form(
                issuer() + "/protocol/openid-connect/logout",
                Map.of(
                        "client_id",
                        "app",
                        "refresh_token",
                        tokens.path("refresh_token").asText()));
    }

    /** An administrator gives the user another password. */
    public void resetPassword(String password) {
        administer(
                "PUT",
                "/" + REALM + "/users/" + user().path("id").asText() + "/reset-password",
                Map.of("type", "password", "value", password, "temporary", false));
    }

    /** An administrator deletes the user's password. */
    public void takePasswordAway() {
        String credentials = "/" + REALM + "/users/" + user().path("id").asText() + "/credentials";
        for (JsonNode credential : administer("GET", credentials, null)) {
            if (credential.path("type").asText().equals("password")) {
                administer("DELETE", credentials + "/" + credential.path("id").asText(), null);
            }
        }
    }

    /** The user as the administrator sees it. */
    public JsonNode user() {
        return administer("GET", "/" + REALM + "/users?exact=true&username=alice", null)
                .path(0);
    }

    /** The streams that were made at one client, as Keycloak keeps them: as attributes of the client. */
    public JsonNode client(String clientId) {
        return administer("GET", "/" + REALM + "/clients?clientId=" + clientId, null)
                .path(0);
    }

    private JsonNode administer(String method, String path, @Nullable Object body) {
        String token = form(
                        url + "/realms/master/protocol/openid-connect/token",
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                "admin-cli",
                                "username",
                                ADMINISTRATOR,
                                "password",
                                ADMINISTRATOR))
                .path("access_token")
                .asText();
        try {
            return send(HttpRequest.newBuilder(URI.create(url + "/admin/realms" + path))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode form(String address, Map<String, String> fields) {
        String body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private JsonNode send(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(Duration.ofSeconds(60)).build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        request.method() + " " + request.uri() + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body().isEmpty() ? JSON.missingNode() : JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.add(line);
            }
        } catch (IOException e) {
            // The process ended while a line was read.
            log.add(e.toString());
        }
    }

    public String log() {
        return String.join("\n", log);
    }

    /** The script that was started hands over to the server, so whoever it started is ended too. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the build unpacked it. */
    public static Path distribution() {
        Path place = Path.of(System.getProperty("keycloak.home", "")).toAbsolutePath();
        if (!Files.exists(place.resolve("bin/kc.sh"))) {
            throw new IllegalStateException("There is no Keycloak in " + place + "; mvn -Pkeycloak puts one there");
        }
        return place;
    }
}
