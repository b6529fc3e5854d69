package io.signalbox.demo;

import io.signalbox.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * A directory that speaks the three SCIM requests the connector makes, and a ticket desk that takes signed webhooks.
 * Everybody is in the directory: an account is made, active, when it is first asked for.
 */
@RestController
@Profile(DemoSecrets.PROFILE)
class DemoTarget {

    private static final String SCIM = "application/scim+json";
    private static final Pattern QUOTED = Pattern.compile("eq\\s+\\\\?\"([^\"\\\\]+)");
    private static final Pattern VALUE = Pattern.compile("\"value\"\\s*:\\s*(true|false)");

    private final DemoCalls calls;
    private final String token;
    private final byte[] secret;
    private final Map<String, Boolean> accounts = new ConcurrentHashMap<>();

    DemoTarget(DemoCalls calls, Home home) throws IOException {
        Path directory = home.resolve(DemoSecrets.PROFILE);
        this.calls = calls;
        this.token = Files.readString(directory.resolve(DemoSecrets.SCIM_TOKEN));
        this.secret = Files.readString(directory.resolve(DemoSecrets.WEBHOOK_SECRET))
                .strip()
                .getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping("/demo/calls")
    List<DemoCalls.Call> calls() {
        return calls.all();
    }

    @PostMapping("/demo/directory/Users/.search")
    ResponseEntity<?> search(@RequestHeader("Authorization") String authorization, @RequestBody String request) {
        if (!known(authorization)) {
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
        }
        Matcher name = QUOTED.matcher(request);
        if (!name.find()) {
            return ResponseEntity.badRequest().build();
        }
        String user = name.group(1);
        accounts.putIfAbsent(user, true);
        calls.add("directory", "POST /Users/.search " + user, "bearer token is right");
        return scim(Map.of(
                "schemas",
                List.of("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
                "totalResults",
                1,
                "Resources",
                List.of(account(user))));
    }

    @PatchMapping("/demo/directory/Users/{id}")
    ResponseEntity<?> change(
            @RequestHeader("Authorization") String authorization,
            @PathVariable String id,
            @RequestBody String request) {
        if (!known(authorization)) {
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
        }
        String user = new String(Base64.getUrlDecoder().decode(id), StandardCharsets.UTF_8);
        Matcher value = VALUE.matcher(request);
        if (!accounts.containsKey(user) || !value.find()) {
            return ResponseEntity.notFound().build();
        }
        accounts.put(user, Boolean.valueOf(value.group(1)));
        calls.add("directory", "PATCH /Users/" + id + " active=" + value.group(1), "bearer token is right");
        return scim(account(user));
    }

    @PostMapping("/demo/desk")
    ResponseEntity<?> ticket(
            @RequestHeader("webhook-id") String id,
            @RequestHeader("webhook-timestamp") String timestamp,
            @RequestHeader("webhook-signature") String signature,
            @RequestBody String body)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        String expected = "v1,"
                + Base64.getEncoder()
                        .encodeToString(
                                mac.doFinal((id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
        if (!same(expected, signature)) {
            calls.add("desk", body, "signature is WRONG");
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
        }
        calls.add("desk", body, "signature is right");
        return ResponseEntity.accepted().build();
    }

    private boolean known(String authorization) {
        return same("Bearer " + token.strip(), authorization);
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private static ResponseEntity<?> scim(Map<String, Object> body) {
        return ResponseEntity.ok().header("Content-Type", SCIM).body(body);
    }

    private Map<String, Object> account(String user) {
        Map<String, Object> account = new LinkedHashMap<>();
        account.put("schemas", List.of("urn:ietf:params:scim:schemas:core:2.0:User"));
        account.put(
                "id", Base64.getUrlEncoder().withoutPadding().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        account.put("userName", user);
        account.put("active", accounts.get(user));
        return account;
    }
}
