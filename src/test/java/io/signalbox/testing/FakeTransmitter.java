package io.signalbox.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A transmitter on loopback that publishes its keys over real HTTP and signs with them. */
public final class FakeTransmitter implements AutoCloseable {

    /**
     * RSA keys take most of a second each to make, and the tests ask for hundreds. Handed out in turn: only the ninth is
     * the first again, under another name, and no test knows as many.
     */
    private static final RSAKey[] MADE = new RSAKey[8];

    private static int handedOut;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile int status = 200;
    private volatile String document = "";
    private final AtomicInteger metadataFetches = new AtomicInteger();
    private volatile String metadata = "";
    private volatile String metadataType = "application/json";
    private volatile RSAKey rsa;
    private volatile ECKey p256;
    private volatile ECKey p384;

    private FakeTransmitter() throws IOException {
        rsa = newRsa("rsa-0", 2048);
        p256 = newEc("p256-0", Curve.P_256);
        p384 = newEc("p384-0", Curve.P_384);
        publish(rsa, p256, p384);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/jwks", this::answer);
        server.createContext("/.well-known/", this::answerMetadata);
        server.start();
    }

    public static FakeTransmitter start() {
        try {
            return new FakeTransmitter();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public URI jwksUri() {
        return URI.create(issuer() + "/jwks");
    }

    /** How often the keys were asked for, failures included. */
    public int fetches() {
        return fetches.get();
    }

    /** From now on the keys are answered with this status; 200 brings them back. */
    public void answersKeysWith(int newStatus) {
        status = newStatus;
    }

    /** Signs with new keys from now on, and publishes only those. */
    public void rotate() {
        int next = generation.incrementAndGet();
        rsa = newRsa("rsa-" + next, 2048);
        p256 = newEc("p256-" + next, Curve.P_256);
        p384 = newEc("p384-" + next, Curve.P_384);
        publish(rsa, p256, p384);
    }

    public void publish(JWK... keys) {
        publish(new JWKSet(List.of(keys)).toString(true));
    }

    /** Publishes this text, whatever it is. */
    public void publish(String text) {
        document = text;
    }

    /** How often the metadata were asked for. */
    public int metadataFetches() {
        return metadataFetches.get();
    }

    /** Publishes this text as its SSF metadata, whatever it is; until then there are none. */
    public void publishMetadata(String text, String contentType) {
        metadata = text;
        metadataType = contentType;
    }

    /** 2048 bits, published for any algorithm that RSA fits. */
    public RSAKey rsa() {
        return rsa;
    }

    public ECKey p256() {
        return p256;
    }

    public ECKey p384() {
        return p384;
    }

    /** The key that signs with this algorithm. */
    public JWK key(JWSAlgorithm algorithm) {
        if (algorithm.equals(JWSAlgorithm.ES256)) {
            return p256;
        }
        return algorithm.equals(JWSAlgorithm.ES384) ? p384 : rsa;
    }

    /** A SET that every check passes, to be changed in one thing. */
    public Sets set(Instant now) {
        return Sets.valid(this, now);
    }

    public static synchronized RSAKey newRsa(String kid, int bits) {
        if (bits != 2048) {
            return made(kid, bits);
        }
        int next = handedOut++ % MADE.length;
        if (MADE[next] == null) {
            MADE[next] = made(kid, bits);
        }
        return new RSAKey.Builder(MADE[next]).keyID(kid).build();
    }

    private static RSAKey made(String kid, int bits) {
        try {
            return new RSAKeyGenerator(bits, true)
                    .keyID(kid)
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static ECKey newEc(String kid, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(kid).keyUse(KeyUse.SIGNATURE).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key of Ed25519; Nimbus could make one only with a library that we do without. */
    public static OctetKeyPair newEd25519(String kid) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new OctetKeyPair.Builder(
                            Curve.Ed25519, last32(pair.getPublic().getEncoded()))
                    .d(last32(pair.getPrivate().getEncoded()))
                    .keyID(kid)
                    .keyUse(KeyUse.SIGNATURE)
                    .build();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Base64URL last32(byte[] encoded) {
        return Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    }

    /** Where an issuer without a path has them, and nowhere else. */
    private void answerMetadata(HttpExchange exchange) throws IOException {
        metadataFetches.incrementAndGet();
        byte[] body = metadata.getBytes(StandardCharsets.UTF_8);
        boolean here = exchange.getRequestURI().getPath().equals("/.well-known/ssf-configuration") && body.length > 0;
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", metadataType);
            exchange.sendResponseHeaders(here ? 200 : 404, here ? body.length : -1);
            if (here) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        byte[] body = document.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (status == 302) {
                exchange.getResponseHeaders().set("Location", "/jwks?again");
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
