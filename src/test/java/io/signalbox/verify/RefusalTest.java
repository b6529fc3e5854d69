package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.CompressionAlgorithm;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/**
 * One file in {@code sets/bad} for each way in which a SET can be bad. Its name begins with the code that the sender
 * is told; inside are the rule, a sentence, and what is changed in a SET that is good otherwise: members of header and
 * claims, or their bytes, or who signs, or the compact form put together by hand, or how it is encrypted; and what its
 * issuer is trusted with, where that is not everything. Placeholders: {@code ${iss}},
 * {@code ${aud}}, {@code ${now+121}}, {@code ${x*300}} (a character many times), {@code ${header}}, {@code ${claims}},
 * {@code ${signature}}.
 */
class RefusalTest {

    private static final Path FILES = Path.of("src/test/resources/sets/bad");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(?:(.)\\*(\\d+)|([a-z-]+))}");
    private static final Pattern TIME = Pattern.compile("\\$\\{now(?:([+*-])(\\d+))?}");
    private static final Path RULES = Path.of("src/test/resources/sets/rules.yaml");
    private static final Path PAGE = Path.of("src/docs/conformance.md");
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
                FakeTransmitter.newEd25519("ed25519"),
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

    /** Whoever adds a rule says what shows that it holds, or why nothing does. */
    @Test
    void everyRuleHasACaseOrATestOrAReason() throws IOException {
        List<Rule> rules = rules();
        Set<String> tried = cases().stream().map(Case::rule).collect(Collectors.toSet());

        assertThat(rules).extracting(Rule::name).doesNotHaveDuplicates();
        assertThat(rules)
                .extracting(Rule::name)
                .containsAll(Stream.of(
                                named("J", IntStream.rangeClosed(1, 28)),
                                named("S", IntStream.of(1, 2, 3, 4, 5, 10, 11, 12, 13, 20, 21, 22)),
                                named("R", IntStream.rangeClosed(1, 33)),
                                named("R", IntStream.rangeClosed(40, 56)),
                                named("R", IntStream.rangeClosed(60, 70)),
                                // Of those for transmitters (I-01, I-10 to I-14, I-32, I-33) nothing is asked here.
                                named("I", IntStream.of(2, 3, 4, 5, 6, 20, 21, 22, 23, 24, 30, 31, 40, 41)),
                                named("E", IntStream.of(30, 31, 32, 33, 35)))
                        .flatMap(names -> names)
                        .toList());
        assertThat(tried).isSubsetOf(rules.stream().map(Rule::name).toList());
        for (Rule rule : rules) {
            assertThat(tried.contains(rule.name()) || !rule.tests().isEmpty() || rule.without() != null)
                    .as(rule.name() + " has a case, a test, or a reason for neither")
                    .isTrue();
            assertThat(rule.without() != null && tried.contains(rule.name()))
                    .as(rule.name() + " has a case and a reason for none")
                    .isFalse();
            for (String test : rule.tests()) {
                assertThat(sources(test)).as(test).contains(" " + test.split("\\.")[1] + "(");
            }
        }
    }

    private static Stream<String> named(String letter, IntStream numbers) {
        return numbers.mapToObj(number -> String.format("%s-%02d", letter, number));
    }

    private static String sources(String test) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            Path file = files.filter(path -> path.endsWith(test.split("\\.")[0] + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("There is no test " + test));
            // What a contract class holds is run by its stores' tests.
            return Files.readString(file);
        }
    }

    /** To write the page anew: {@code mvn test -Dtest=RefusalTest -Dtest.argLine=-Dsignalbox.docs.write=true}. */
    @Test
    void thePageIsNotStale() throws IOException {
        String page = page();
        if (Boolean.getBoolean("signalbox.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("generated page, write it anew").content().isEqualTo(page);
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Conformance

                Made from the tests; do not edit by hand. What a token must be like, how one can be used to attack, and what shows that
                it does not work: a token that is good but for one thing (`src/test/resources/sets/bad`, tried with the native crypto
                provider and with the JDK's, with the same answers), or a test. S: Security Event Tokens (RFC 8417, SSF 1.0 section 4).
                J: attacks on JSON Web Tokens (RFC 8725). P: who may speak about whom. R: the receiver (RFC 8935, RFC 8936, SSF 1.0).
                I: what the CAEP interoperability profile asks of a receiver. E: logout tokens (OpenID Connect Back-Channel Logout).

                ## Rules and what shows that they hold

                | Rule | What it says | Bad tokens | Tests |
                |---|---|---|---|
                """);
        Map<String, List<Case>> byRule =
                cases().stream().collect(Collectors.groupingBy(Case::rule, TreeMap::new, Collectors.toList()));
        for (Rule rule : rules()) {
            List<Case> bad = byRule.getOrDefault(rule.name(), List.of());
            String shown = rule.without() == null
                    ? rule.tests().stream().map(test -> "`" + test + "`").collect(Collectors.joining(", "))
                    : "none: " + rule.without();
            page.append(String.format(
                    "| %s | %s | %s | %s |%n", rule.name(), rule.says(), bad.isEmpty() ? "" : bad.size(), shown));
        }
        page.append("""

                ## Bad tokens

                | Rule | Answer | Token | Why | Told to the sender |
                |---|---|---|---|---|
                """);
        for (List<Case> cases : byRule.values()) {
            for (Case bad : cases) {
                assertThat(bad.says()).as(bad.name()).matches(".+\\.");
                assertThat(bad.rule()).as(bad.name()).matches("[JRSP]-\\d\\d");
                try (Bench bench = bad.bench(CryptoProvider.jdk())) {
                    Verdict verdict = bench.verify(bad.compact());
                    assertThat(verdict).as(bad.name()).isInstanceOf(Verdict.Refused.class);
                    page.append(String.format(
                            "| %s | `%s` | %s | %s | %s |%n",
                            bad.rule(),
                            bad.code(),
                            bad.name().substring(bad.name().indexOf("--") + 2).replace('-', ' '),
                            bad.says(),
                            ((Verdict.Refused) verdict).description()));
                }
            }
        }
        return page.toString();
    }

    private static List<Rule> rules() throws IOException {
        try (Reader reader = Files.newBufferedReader(RULES)) {
            List<Map<String, Object>> read = new Yaml().load(reader);
            return read.stream()
                    .map(rule -> JSON.convertValue(rule, JsonNode.class))
                    .map(rule -> new Rule(
                            rule.path("rule").asText(),
                            rule.path("says").asText(),
                            StreamSupport.stream(rule.path("tests").spliterator(), false)
                                    .map(JsonNode::asText)
                                    .toList(),
                            rule.path("without").textValue()))
                    .toList();
        }
    }

    /**
     * @param tests class and method, of what no bad token can show
     * @param without why nothing shows it; absent if something does
     */
    private record Rule(
            String name,
            String says,
            List<String> tests,
            @Nullable String without) {}

    private static void check(Case bad, CryptoProvider crypto) {
        try (Bench bench = bad.bench(crypto)) {
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

        /** Who trusts the transmitter as the file says, and in all else as usual. */
        Bench bench(CryptoProvider crypto) {
            Map<String, String> trust = new HashMap<>();
            file.path("trust")
                    .fields()
                    .forEachRemaining(
                            key -> trust.put(key.getKey(), key.getValue().asText()));
            return Bench.trusting(
                    http, crypto, Bench.START, Bench.entry(transmitter, trust), Bench.entry(other, Map.of()));
        }

        String compact() {
            Sets set = set();
            if (!file.has("encrypt")) {
                return file.has("compact") ? filled(set, file.get("compact").asText()) : set.compact();
            }
            JsonNode content = file.get("encrypt").path("content");
            return encrypted(
                    file.get("encrypt"), content.isMissingNode() ? set.compact() : filled(set, content.asText()));
        }

        private static String encrypted(JsonNode how, String content) {
            try {
                JWKSet ours = JWKSet.parse(Bench.OURS.published());
                JWEAlgorithm algorithm = JWEAlgorithm.parse(how.path("alg").asText("RSA-OAEP-256"));
                JWK key = ours.getKeys().get(algorithm.getName().startsWith("RSA") ? 0 : 1);
                JWEHeader.Builder header = new JWEHeader.Builder(algorithm, EncryptionMethod.A256GCM)
                        .contentType("secevent+jwt")
                        .keyID(how.path("kid").asText(key.getKeyID()));
                if (how.path("zip").asBoolean()) {
                    header.compressionAlgorithm(CompressionAlgorithm.DEF);
                }
                JWEObject encrypted = new JWEObject(header.build(), new Payload(content));
                encrypted.encrypt(
                        how.has("to")
                                ? new RSAEncrypter(key(how.get("to").asText()).toRSAKey())
                                : key instanceof RSAKey rsa ? new RSAEncrypter(rsa) : new ECDHEncrypter(key.toECKey()));
                String compact = encrypted.serialize();
                if (how.path("altered").asBoolean()) {
                    int at = compact.lastIndexOf('.') - 8;
                    compact = compact.substring(0, at)
                            + (compact.charAt(at) == 'A' ? 'B' : 'A')
                            + compact.substring(at + 1);
                }
                if (how.path("off-the-curve").asBoolean()) {
                    String[] parts = compact.split("\\.", -1);
                    String json = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
                    parts[0] = Sets.encode(json.replaceFirst("\"y\":\"[^\"]{4}", "\"y\":\"AAAA")
                            .getBytes(StandardCharsets.UTF_8));
                    compact = String.join(".", parts);
                }
                return compact;
            } catch (JOSEException | ParseException e) {
                throw new IllegalStateException(e);
            }
        }

        private Sets set() {
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
            return set;
        }

        private static String filled(Sets set, String template) {
            String[] parts = set.signingInput().split("\\.", -1);
            return fill(
                    template,
                    Map.of(
                            "claims-json",
                            new String(set.claimBytes(), StandardCharsets.UTF_8),
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
                    return switch (time.group(1)) {
                        case "+" -> now + operand;
                        case "-" -> now - operand;
                        default -> now * operand;
                    };
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
