package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * One file in {@code sets/bad} for each way in which a SET can be bad. Its name begins with the code that the sender
 * is told; inside are the rule, a sentence, and what is changed in a SET that is good otherwise: members of header and
 * claims, or their bytes, or who signs, or the compact form put together by hand. Placeholders: {@code ${iss}},
 * {@code ${aud}}, {@code ${now+121}}, {@code ${x*300}} (a character many times), {@code ${header}}, {@code ${claims}},
 * {@code ${signature}}.
 */
class RefusalTest {

    private static final Path FILES = Path.of("src/test/resources/sets/bad");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(?:(.)\\*(\\d+)|([a-z-]+))}");
    private static final Pattern TIME = Pattern.compile("\\$\\{now(?:([+*])(\\d+))?}");
    private static final String CANARY = "canary-4711-in-every-token";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static FakeTransmitter transmitter;
    private static FakeTransmitter other;
    private static LoopbackHttp http;
    private static Quiet quiet;
    private static final Map<String, JWK> KEYS = new HashMap<>();

    @BeforeAll
    static void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        other = FakeTransmitter.start();
        http = new LoopbackHttp();
        RSAKey rsa = FakeTransmitter.newRsa("rsa", 2048);
        List<JWK> published = List.of(
                rsa,
                FakeTransmitter.newEc("ec256", Curve.P_256),
                FakeTransmitter.newEc("ec384", Curve.P_384),
                FakeTransmitter.newRsa("weak", 1024),
                new RSAKey.Builder(rsa)
                        .keyID("rs-only")
                        .algorithm(JWSAlgorithm.RS256)
                        .build(),
                new RSAKey.Builder(rsa)
                        .keyID("encryption")
                        .keyUse(KeyUse.ENCRYPTION)
                        .build(),
                new RSAKey.Builder(rsa)
                        .keyID("expired")
                        .expirationTime(Date.from(Bench.START.minusSeconds(1)))
                        .build());
        published.forEach(key -> KEYS.put(key.getKeyID(), key));
        transmitter.publish(published.toArray(JWK[]::new));
        RSAKey foreign = FakeTransmitter.newRsa("other-issuer", 2048);
        other.publish(foreign, new RSAKey.Builder(foreign).keyID("rsa").build());
        KEYS.put("other-issuer", foreign);
        KEYS.put("stranger", FakeTransmitter.newRsa("stranger", 2048));
        KEYS.put(
                "password",
                new OctetSequenceKey.Builder("password-password-password-12345".getBytes(StandardCharsets.UTF_8))
                        .build());
        KEYS.put("public-key-as-secret", new OctetSequenceKey.Builder(publicBytes(rsa)).build());
    }

    @AfterAll
    static void stop() {
        transmitter.close();
        other.close();
        http.close();
        quiet.close();
    }

    @TestFactory
    Stream<DynamicNode> refusesWhateverIsBad() {
        List<CryptoProvider> providers = List.of(new CryptoProvider(), CryptoProvider.jdk());
        return IntStream.range(0, providers.size())
                .mapToObj(i -> dynamicContainer(
                        (i == 0 ? "chosen provider, " : "JDK provider, ")
                                + providers.get(i).name(),
                        cases().stream().map(bad -> dynamicTest(bad.name(), () -> check(bad, providers.get(i))))));
    }

    /** What makes the table worth anything: the SET that all of it starts from is good. */
    @Test
    void acceptsTheSetThatTheseAreMadeFrom() {
        for (CryptoProvider crypto : List.of(new CryptoProvider(), CryptoProvider.jdk())) {
            try (Bench bench = Bench.trusting(http, crypto, transmitter, other)) {
                assertThat(bench.verify(valid())).isInstanceOf(Verdict.Accepted.class);
            }
        }
    }

    /** J-15 and J-25 are for the ledger and for polling; J-19 is tried in {@link IssuerKeysTest}. */
    @Test
    void coversEveryAttackOfTheList() {
        TreeSet<String> rules = cases().stream().map(Case::rule).collect(Collectors.toCollection(TreeSet::new));

        assertThat(rules)
                .containsAll(IntStream.rangeClosed(1, 28)
                        .filter(number -> !List.of(15, 19, 25).contains(number))
                        .mapToObj(number -> String.format("J-%02d", number))
                        .toList());
    }

    /** Leaves the table beside the test reports. */
    @Test
    void theTableReadsAsDocumentation() throws IOException {
        StringBuilder table = new StringBuilder("| Answer | Rule | Why | Told to the sender |\n|---|---|---|---|\n");
        for (Case bad : cases()) {
            assertThat(bad.says()).as(bad.name()).matches(".+\\.");
            assertThat(bad.rule()).as(bad.name()).matches("[JRS]-\\d\\d");
            try (Bench bench = Bench.trusting(http, CryptoProvider.jdk(), transmitter, other)) {
                Verdict verdict = bench.verify(bad.compact());
                assertThat(verdict).as(bad.name()).isInstanceOf(Verdict.Refused.class);
                String told = ((Verdict.Refused) verdict).description();
                table.append(String.format("| `%s` | %s | %s | %s |%n", bad.code(), bad.rule(), bad.says(), told));
            }
        }
        Files.writeString(Path.of("target", "refusals.md"), table);
    }

    private static void check(Case bad, CryptoProvider crypto) {
        try (Bench bench = Bench.trusting(http, crypto, transmitter, other)) {
            Verdict verdict = bench.verify(bad.compact());

            assertThat(verdict).as(bad.says()).isInstanceOf(Verdict.Refused.class);
            Verdict.Refused refused = (Verdict.Refused) verdict;
            assertThat(refused.error().code()).isEqualTo(bad.code());
            assertThat(refused.description())
                    .isNotBlank()
                    .doesNotContain(CANARY, "alice", "acme")
                    .matches("[\\x20-\\x7e]+");
            bad.strings().forEach(text -> assertThat(refused.description()).doesNotContain(text));
            assertThat(bench.counted("refused", bad.code())).isEqualTo(1);
        }
    }

    private static List<Case> cases() {
        try (Stream<Path> files = Files.list(FILES)) {
            List<Case> cases = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".json", "");
                cases.add(new Case(name, JSON.readTree(file.toFile())));
            }
            assertThat(cases).isNotEmpty();
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Sets valid() {
        return transmitter.set(Bench.START).with("x_canary", CANARY).signedBy(key("rsa"), JWSAlgorithm.RS256);
    }

    private static JWK key(String name) {
        return Objects.requireNonNull(KEYS.get(name), name);
    }

    private static byte[] publicBytes(RSAKey key) {
        try {
            return key.toRSAPublicKey().getEncoded();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Case(String name, JsonNode file) {

        String code() {
            return name.substring(0, name.indexOf("--"));
        }

        String rule() {
            return file.path("rule").asText();
        }

        String says() {
            return file.path("says").asText();
        }

        /** What the file puts into the token and a description must not repeat. */
        List<String> strings() {
            List<String> strings = new ArrayList<>();
            for (String place : List.of("header", "claims")) {
                file.path(place).forEach(value -> {
                    if (value.isTextual() && value.asText().length() > 5) {
                        strings.add(value.asText());
                    }
                });
            }
            return strings;
        }

        String compact() {
            Sets set = valid();
            if (file.has("signed-by")) {
                JWK signer = key(file.get("signed-by").asText());
                set = set.signedSilentlyBy(
                        signer, JWSAlgorithm.parse(file.get("sign-as").asText()));
            }
            for (JsonNode member : file.path("without-header")) {
                set = set.withoutHeader(member.asText());
            }
            for (JsonNode claim : file.path("without-claims")) {
                set = set.without(claim.asText());
            }
            for (Iterator<Map.Entry<String, JsonNode>> it = file.path("header").fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> member = it.next();
                set = set.header(member.getKey(), value(member.getValue()));
            }
            for (Iterator<Map.Entry<String, JsonNode>> it = file.path("claims").fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> claim = it.next();
                set = set.with(claim.getKey(), value(claim.getValue()));
            }
            Charset charset = Charset.forName(file.path("charset").asText("UTF-8"));
            if (file.has("raw-header")) {
                set = set.rawHeader(
                        fill(file.get("raw-header").asText(), Map.of()).getBytes(charset));
            }
            if (file.has("raw-claims")) {
                set = set.rawClaims(
                        fill(file.get("raw-claims").asText(), Map.of()).getBytes(charset));
            }
            if (!file.has("compact")) {
                return set.compact();
            }
            String[] parts = set.signingInput().split("\\.", -1);
            return fill(
                    file.get("compact").asText(),
                    Map.of(
                            "header",
                            parts[0],
                            "claims",
                            parts[1],
                            "other-claims",
                            Sets.encode(set.with("jti", "jti-0002").claimBytes()),
                            "signature",
                            set.signature()));
        }

        private static @Nullable Object value(JsonNode node) {
            if (node.isTextual()) {
                Matcher time = TIME.matcher(node.asText());
                if (time.matches()) {
                    long now = Bench.START.getEpochSecond();
                    long operand = Long.parseLong(time.group(2));
                    return time.group(1).equals("+") ? now + operand : now * operand;
                }
                if (node.asText().equals("${jwk:stranger}")) {
                    return key("stranger").toPublicJWK().toJSONObject();
                }
                return fill(node.asText(), Map.of());
            }
            if (node.isArray()) {
                List<@Nullable Object> items = new ArrayList<>();
                node.forEach(item -> items.add(value(item)));
                return items;
            }
            return JSON.convertValue(node, Object.class);
        }

        private static String fill(String template, Map<String, String> parts) {
            return PLACEHOLDER.matcher(template).replaceAll(found -> {
                if (found.group(1) != null) {
                    return Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2))));
                }
                String value =
                        switch (found.group(3)) {
                            case "iss" -> transmitter.issuer();
                            case "aud" -> Sets.AUDIENCE;
                            default -> parts.get(found.group(3));
                        };
                assertThat(value).as("placeholder in " + template).isNotNull();
                return Matcher.quoteReplacement(value);
            });
        }
    }
}
