package io.signalbox.testing;

import static io.signalbox.testing.Der.bits;
import static io.signalbox.testing.Der.bool;
import static io.signalbox.testing.Der.content;
import static io.signalbox.testing.Der.integer;
import static io.signalbox.testing.Der.octets;
import static io.signalbox.testing.Der.oid;
import static io.signalbox.testing.Der.sequence;
import static io.signalbox.testing.Der.shortTime;
import static io.signalbox.testing.Der.tagged;
import static io.signalbox.testing.Der.time;
import static io.signalbox.testing.Der.utf8;
import static io.signalbox.testing.Der.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that issues certificates, revokes them, and says so on loopback: in a list (RFC 5280) and as a
 * responder (RFC 6960).
 */
public final class Authority implements AutoCloseable {

    private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    private static final Duration LIFE = Duration.ofDays(30);

    private final HttpServer server;
    private final KeyPair keys = keyPair();
    private final byte[] name;
    private final X509Certificate certificate;
    private final Set<BigInteger> revoked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger serial = new AtomicInteger(100);
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean silent;

    public Authority(String commonName) {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/crl", exchange -> answer(exchange, "application/pkix-crl", list()));
        server.createContext(
                "/ocsp", exchange -> answer(exchange, "application/ocsp-response", response(question(exchange))));
        server.start();
        name = distinguished(commonName, "Acme");
        certificate = certificate(name, keys, BigInteger.ONE, true, Revokable.BY_NOBODY, List.of());
    }

    /** Where a certificate says that its revocation is told. */
    public enum Revokable {
        BY_NOBODY,
        BY_LIST,
        BY_RESPONDER,
        /** In a list that is not there. */
        BY_A_LOST_LIST
    }

    /** A key and the certificate for it. */
    public record Issued(PrivateKey key, X509Certificate certificate) {

        /** With the public half beside the private one: Java leaves it out, and GnuTLS takes no key without (RFC 5915). */
        public String keyPem() {
            List<byte[]> parts = within(key.getEncoded());
            List<byte[]> own = within(content(parts.get(2)));
            byte[] half = within(certificate.getPublicKey().getEncoded()).get(1);
            return pem(
                    "PRIVATE KEY",
                    sequence(parts.get(0), parts.get(1), octets(sequence(own.get(0), own.get(1), tagged(0xa1, half)))));
        }

        public String pem() throws GeneralSecurityException {
            return Authority.pem("CERTIFICATE", certificate.getEncoded());
        }

        private static String pem(String kind, byte[] bytes) {
            return Authority.pem(kind, bytes);
        }
    }

    /** A certificate for CN={@code commonName},O=Acme. @param names DNS names, or an IPv4 address */
    public Issued issue(String commonName, Revokable revokable, String... names) {
        KeyPair pair = keyPair();
        X509Certificate issued = certificate(
                distinguished(commonName, "Acme"),
                pair,
                BigInteger.valueOf(serial.incrementAndGet()),
                false,
                revokable,
                List.of(names));
        return new Issued(pair.getPrivate(), issued);
    }

    public Issued revoke(Issued issued) {
        revoked.add(issued.certificate().getSerialNumber());
        return issued;
    }

    /** Whether list and responder answer 500 from now on. */
    public void silent(boolean now) {
        silent = now;
    }

    /** How often list and responder were asked. */
    public int questions() {
        return questions.get();
    }

    public String pem() throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    /** Of a client that trusts this authority and shows this. */
    public SSLContext context(@Nullable Issued shown) throws GeneralSecurityException, IOException {
        return context(shown, certificate);
    }

    /** Of a peer that trusts {@code trusted} and shows what this authority issued. */
    public SSLContext context(@Nullable Issued shown, X509Certificate trusted)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", trusted);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (shown != null) {
            own.setKeyEntry("own", shown.key(), new char[0], new X509Certificate[] {shown.certificate(), certificate});
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    private X509Certificate certificate(
            byte[] subject,
            KeyPair pair,
            BigInteger number,
            boolean authority,
            Revokable revokable,
            List<String> names) {
        Instant now = Instant.now();
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(extension("2.5.29.19", true, authority ? sequence(bool(true)) : sequence()));
        // keyCertSign and cRLSign, or digitalSignature.
        extensions.add(extension(
                "2.5.29.15", true, authority ? bits(1, new byte[] {0x06}) : bits(7, new byte[] {(byte) 0x80})));
        if (!names.isEmpty()) {
            extensions.add(extension(
                    "2.5.29.17",
                    false,
                    sequence(names.stream().map(Authority::alternative).toArray(byte[][]::new))));
        }
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        switch (revokable) {
            case BY_NOBODY -> {}
            case BY_LIST -> extensions.add(listAt(base + "/crl"));
            case BY_A_LOST_LIST -> extensions.add(listAt(base + "/lost"));
            case BY_RESPONDER ->
                extensions.add(extension(
                        "1.3.6.1.5.5.7.1.1",
                        false,
                        sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), uri(base + "/ocsp")))));
        }
        byte[] unsigned = sequence(
                tagged(0xa0, integer(BigInteger.TWO)),
                integer(number),
                algorithm(),
                name == null ? subject : name,
                sequence(shortTime(now.minusSeconds(3600)), shortTime(now.plus(LIFE))),
                subject,
                pair.getPublic().getEncoded(),
                tagged(0xa3, sequence(extensions.toArray(byte[][]::new))));
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(signed(unsigned)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] listAt(String url) {
        return extension("2.5.29.31", false, sequence(sequence(tagged(0xa0, tagged(0xa0, uri(url))))));
    }

    private static byte[] alternative(String name) {
        if (name.startsWith("127.")) {
            String[] parts = name.split("\\.", -1);
            byte[] address = new byte[4];
            for (int i = 0; i < 4; i++) {
                address[i] = (byte) Integer.parseInt(parts[i]);
            }
            return tagged(0x87, address);
        }
        return tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] uri(String uri) {
        return tagged(0x86, uri.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extension(String id, boolean critical, byte[] value) {
        return critical ? sequence(oid(id), bool(true), octets(value)) : sequence(oid(id), octets(value));
    }

    private static byte[] distinguished(String commonName, String organisation) {
        return sequence(
                tagged(0x31, sequence(oid("2.5.4.10"), utf8(organisation))),
                tagged(0x31, sequence(oid("2.5.4.3"), utf8(commonName))));
    }

    private static byte[] algorithm() {
        return sequence(oid(ECDSA_SHA256));
    }

    private byte[] signed(byte[] unsigned, byte[]... more) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(unsigned);
            List<byte[]> parts = new ArrayList<>(List.of(unsigned, algorithm(), bits(0, signature.sign())));
            parts.addAll(Arrays.asList(more));
            return sequence(parts.toArray(byte[][]::new));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] list() {
        Instant now = Instant.now();
        byte[][] entries = revoked.stream()
                .map(number -> sequence(integer(number), shortTime(now.minusSeconds(60))))
                .toArray(byte[][]::new);
        List<byte[]> parts = new ArrayList<>(List.of(
                integer(BigInteger.ONE),
                algorithm(),
                name,
                shortTime(now.minusSeconds(60)),
                shortTime(now.plusSeconds(3600))));
        if (entries.length > 0) {
            parts.add(sequence(entries));
        }
        parts.add(tagged(0xa0, sequence(extension("2.5.29.20", false, integer(BigInteger.ONE)))));
        return signed(sequence(parts.toArray(byte[][]::new)));
    }

    /** A short one comes in the URL (RFC 6960, appendix A.1). */
    private static byte[] question(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        return body.length > 0
                ? body
                : Base64.getDecoder().decode(exchange.getRequestURI().getPath().substring("/ocsp/".length()));
    }

    private byte[] response(byte[] question) {
        byte[] asked = within(question).get(0);
        byte[] requests = within(asked).stream()
                .filter(part -> part[0] == Der.SEQUENCE)
                .findFirst()
                .orElseThrow();
        byte[] id = within(within(requests).get(0)).get(0);
        List<byte[]> members = within(id);
        BigInteger number = new BigInteger(content(members.get(members.size() - 1)));
        Instant now = Instant.now();
        byte[] state = revoked.contains(number) ? tagged(0xa1, time(now.minusSeconds(60))) : tagged(0x80);
        byte[] data = sequence(
                tagged(0xa1, name),
                time(now),
                sequence(sequence(id, state, time(now.minusSeconds(60)), tagged(0xa0, time(now.plusSeconds(3600))))));
        byte[] basic = signed(data);
        return sequence(
                tagged(0x0a, new byte[] {0}), tagged(0xa0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))));
    }

    private void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        questions.incrementAndGet();
        exchange.getResponseHeaders().set("Content-Type", type);
        if (silent) {
            exchange.sendResponseHeaders(500, -1);
        } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + kind
                + "-----\n";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
