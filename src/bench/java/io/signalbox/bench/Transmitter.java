package io.signalbox.bench;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import io.signalbox.set.VerifiedSet;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Signs the SETs of a run before they are sent, each with a jti of its own, so that signing costs nothing meanwhile. */
final class Transmitter {

    /** As many people as a middling enterprise has; signals about one of them are decided in order. */
    private static final int SUBJECTS = 10_000;

    private static final int CHUNK = 500;

    private static final int ISSUED_A_SECOND = 1000;

    private final String issuer;
    private final String audience;
    private final KeyPair rsa;
    private final KeyPair ec;
    private final Provider provider;
    private final String run = Long.toString(System.nanoTime(), 36);
    private int batches;

    /** @param keys a file to keep the keys in, for receivers that are told them once; none: new ones each run */
    Transmitter(String issuer, String audience, @Nullable Path keys) throws GeneralSecurityException, IOException {
        this.issuer = issuer;
        this.audience = audience;
        if (keys != null && Files.exists(keys)) {
            List<String> lines = Files.readAllLines(keys);
            rsa = read("RSA", lines.get(0), lines.get(1));
            ec = read("EC", lines.get(2), lines.get(3));
        } else {
            KeyPairGenerator rsaKeys = KeyPairGenerator.getInstance("RSA");
            rsaKeys.initialize(2048);
            rsa = rsaKeys.generateKeyPair();
            KeyPairGenerator ecKeys = KeyPairGenerator.getInstance("EC");
            ecKeys.initialize(new ECGenParameterSpec("secp256r1"));
            ec = ecKeys.generateKeyPair();
            if (keys != null) {
                Files.write(keys, List.of(write(rsa, false), write(rsa, true), write(ec, false), write(ec, true)));
            }
        }
        AmazonCorrettoCryptoProvider corretto = AmazonCorrettoCryptoProvider.INSTANCE;
        provider = corretto.getLoadingError() == null ? corretto : Security.getProviders("Signature.SHA256withRSA")[0];
    }

    private static String write(KeyPair pair, boolean secret) {
        return Base64.getEncoder().encodeToString((secret ? pair.getPrivate() : pair.getPublic()).getEncoded());
    }

    private static KeyPair read(String kind, String open, String secret) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance(kind);
        Base64.Decoder decoder = Base64.getDecoder();
        return new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(decoder.decode(open))),
                factory.generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(secret))));
    }

    String jwks() {
        RSAPublicKey r = (RSAPublicKey) rsa.getPublic();
        ECPublicKey e = (ECPublicKey) ec.getPublic();
        return """
                {"keys":[{"kty":"RSA","use":"sig","kid":"bench-RS256","alg":"RS256","n":"%s","e":"%s"},\
                {"kty":"EC","use":"sig","kid":"bench-ES256","alg":"ES256","crv":"P-256","x":"%s","y":"%s"}]}""".formatted(
                        number(r.getModulus(), 256),
                        number(r.getPublicExponent(), 3),
                        number(e.getW().getAffineX(), 32),
                        number(e.getW().getAffineY(), 32));
    }

    private static String number(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] exact = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, exact, length - copied, copied);
        return encode(exact);
    }

    /** Issued one after the other, as SETs are, and not all in the second in which they are made beforehand. */
    private static long issuedAt(long now, int index, int count) {
        return now - count / ISSUED_A_SECOND + index / ISSUED_A_SECOND;
    }

    /** SETs that nobody has seen yet. */
    Batch sign(String algorithm, Event event, int count) {
        String prefix = run + "-" + batches++ + "-";
        long now = System.currentTimeMillis() / 1000;
        String header = encode("{\"typ\":\"secevent+jwt\",\"alg\":\"%s\",\"kid\":\"bench-%s\"}"
                .formatted(algorithm, algorithm)
                .getBytes(StandardCharsets.US_ASCII));
        byte[][] tokens = new byte[count][];
        IntStream.range(0, (count + CHUNK - 1) / CHUNK).parallel().forEach(chunk -> {
            try {
                Signature signature = signature(algorithm);
                for (int i = chunk * CHUNK; i < Math.min(count, (chunk + 1) * CHUNK); i++) {
                    String claims =
                            "{\"iss\":\"%s\",\"jti\":\"%s\",\"iat\":%d,\"aud\":\"%s\",\"txn\":\"t-%s\",\"sub_id\":{\"format\":\"email\",\"email\":\"user%d@acme.example\"},\"events\":{%s}}"
                                    .formatted(
                                            issuer,
                                            prefix + i,
                                            issuedAt(now, i, count),
                                            audience,
                                            prefix + i,
                                            i % SUBJECTS,
                                            event.json(now));
                    String input = header + "." + encode(claims.getBytes(StandardCharsets.UTF_8));
                    signature.update(input.getBytes(StandardCharsets.US_ASCII));
                    tokens[i] = (input + "." + encode(signature.sign())).getBytes(StandardCharsets.US_ASCII);
                }
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        });
        return new Batch(algorithm, event, tokens, issuer, prefix, now);
    }

    private Signature signature(String algorithm) throws GeneralSecurityException {
        boolean elliptic = algorithm.equals("ES256");
        if (!elliptic && !algorithm.equals("RS256")) {
            throw new IllegalArgumentException("--algorithms takes RS256 and ES256, not " + algorithm);
        }
        String name = elliptic ? "SHA256withECDSAinP1363Format" : "SHA256withRSA";
        Signature signature = provider.getService("Signature", name) == null
                ? Signature.getInstance(name)
                : Signature.getInstance(name, provider);
        signature.initSign((elliptic ? ec : rsa).getPrivate());
        return signature;
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** SETs in the order in which they are sent. Arrays, because there are hundreds of thousands. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Batch(String algorithm, Event event, byte[][] tokens, String issuer, String prefix, long signedAt) {

        int size() {
            return tokens.length;
        }

        /** What the gateway will call the signal. */
        String signalId(int index) {
            return VerifiedSet.signalId(
                    issuer, prefix + index, Instant.ofEpochSecond(issuedAt(signedAt, index, size())));
        }
    }
}
