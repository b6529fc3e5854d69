package io.signalbox.verify;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.signalbox.Home;
import io.signalbox.set.SetError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Our own keys, to which a transmitter may encrypt what it has signed (S-12). Made on the first start, or the operator's.
 * Encryption says nothing of who wrote something, so what is inside is examined like any SET.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-5.1">RFC 8417, section 5.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725#section-3.2">RFC 8725, section 3.2</a>
 */
@Component
final class EncryptionKeys {

    /** Where they are published; decision 17 says why here. */
    static final String PATH = "/receiver/jwks";

    private static final String KEY = "signalbox.verify.encryption-keys-file";
    private static final String FILE = "encryption-keys.json";
    private static final int RSA_BITS = 2048;

    /** Neither RSA1_5 nor anything with a password or a shared key is here (J-24, J-27). */
    private static final Set<JWEAlgorithm> RSA = Set.of(JWEAlgorithm.RSA_OAEP_256);

    private static final Set<JWEAlgorithm> EC = Set.of(JWEAlgorithm.ECDH_ES, JWEAlgorithm.ECDH_ES_A256KW);
    private static final Set<EncryptionMethod> METHODS = Set.of(EncryptionMethod.A128GCM, EncryptionMethod.A256GCM);

    private static final Logger log = LoggerFactory.getLogger(EncryptionKeys.class);

    private final List<JWK> keys;
    private final String fact;

    /**
     * @throws IllegalArgumentException if there is a file and it cannot be used. Where none can be made, because all that
     *     must last is kept elsewhere and the data directory cannot be written, whatever is encrypted is refused
     */
    @Autowired
    EncryptionKeys(VerifyProperties properties, Home home) {
        String reference = properties.encryptionKeysFile();
        if (reference != null && !reference.isBlank()) {
            this.keys = read(Path.of(reference.strip()), KEY);
            this.fact = told("the operator's");
            return;
        }
        List<JWK> kept = List.of();
        String told;
        try {
            Path file = home.resolve(FILE);
            makeIfAbsent(file, () -> new JWKSet(generate()));
            kept = read(file, file.toString());
            told = told("in the data directory");
        } catch (UncheckedIOException e) {
            log.atWarn().setCause(e).log("No keys for encrypted SETs can be kept in the data directory");
            told = "none can be kept in the data directory, so encrypted SETs are refused; " + KEY + " names others";
        }
        this.keys = kept;
        this.fact = told;
    }

    private EncryptionKeys(List<JWK> keys) {
        this.keys = keys;
        this.fact = told("kept nowhere");
    }

    private static String told(String where) {
        return "SETs may be encrypted to our keys, " + where + ", published at " + PATH;
    }

    /** New ones, that are kept nowhere. */
    static EncryptionKeys generated() {
        return new EncryptionKeys(generate());
    }

    /** For a check that stands in for no gateway: whatever is encrypted is to somebody else. */
    static EncryptionKeys none() {
        return new EncryptionKeys(List.of());
    }

    /** For commands beside the gateway: its own keys, if there are any already. They make none. */
    static EncryptionKeys kept(VerifyProperties properties, Home home) {
        boolean there = properties.encryptionKeysFile() != null
                || Files.exists(home.dataDirectory().resolve(FILE));
        return there ? new EncryptionKeys(properties, home) : none();
    }

    /** What senders may know of them. */
    Map<String, Object> published() {
        return new JWKSet(keys).toJSONObject(true);
    }

    /** For people. */
    String fact() {
        return fact;
    }

    /**
     * Takes the outer layer off.
     *
     * @param compact what was sent; given back as it is if it is not encrypted
     * @return a signed SET, not examined
     * @throws Refusal if it is encrypted in a way that is not taken, to somebody else, or holds anything but a signed SET
     */
    String opened(String compact) {
        if (!CompactSet.isEncrypted(compact)) {
            return compact;
        }
        Map<String, Object> header = CompactSet.encryptionHeader(compact);
        for (String member : List.of("zip", "crit")) {
            // Compression lets the length tell of the content (J-06); of critical extensions none is known (J-21).
            if (header.containsKey(member)) {
                throw Refusal.request("The encryption header has " + member + ", which is not supported");
            }
        }
        if (header.containsKey("cty") && !isNested(header.get("cty"))) {
            throw Refusal.request("The encryption header's cty is neither secevent+jwt nor JWT");
        }
        if (!isTaken(header.get("alg"), header.get("enc"))) {
            throw Refusal.request(
                    "The encryption is none of RSA-OAEP-256, ECDH-ES and ECDH-ES+A256KW," + " with A128GCM or A256GCM");
        }
        JWEObject encrypted;
        try {
            encrypted = JWEObject.parse(compact);
        } catch (ParseException | RuntimeException e) {
            // The parser is not to be trusted with what a stranger made up: some of it ends in unchecked exceptions.
            throw Refusal.request("The encryption header is not in order");
        }
        JWEDecrypter decrypter = decrypter(encrypted.getHeader().getAlgorithm(), header.get("kid"));
        try {
            encrypted.decrypt(decrypter);
        } catch (JOSEException | RuntimeException e) {
            // One sentence for everything that can be wrong in there: more of them would be an oracle.
            throw new Refusal(SetError.INVALID_KEY, "The SET cannot be decrypted with the key that it names");
        }
        String signed = new String(encrypted.getPayload().toBytes(), StandardCharsets.ISO_8859_1);
        if (!CompactSet.isSigned(signed)) {
            throw Refusal.request("What is encrypted must be a signed SET in compact form");
        }
        return signed;
    }

    /** Nothing about the content is believed because of it; a sender that says something else meant something else. */
    private static boolean isNested(@Nullable Object cty) {
        return cty instanceof String text
                && Set.of("jwt", "secevent+jwt", "application/jwt", "application/secevent+jwt")
                        .contains(text.toLowerCase(Locale.ROOT));
    }

    private static boolean isTaken(@Nullable Object alg, @Nullable Object enc) {
        return Stream.concat(RSA.stream(), EC.stream())
                        .anyMatch(each -> each.getName().equals(alg))
                && METHODS.stream().anyMatch(each -> each.getName().equals(enc));
    }

    private JWEDecrypter decrypter(JWEAlgorithm algorithm, @Nullable Object kid) {
        try {
            for (JWK key : keys) {
                if (kid == null || kid.equals(key.getKeyID())) {
                    if (key instanceof RSAKey rsa && RSA.contains(algorithm)) {
                        return new RSADecrypter(rsa);
                    }
                    if (key instanceof ECKey ec && EC.contains(algorithm)) {
                        return new ECDHDecrypter(ec);
                    }
                }
            }
        } catch (JOSEException e) {
            throw new IllegalStateException("The Java runtime cannot work with our own encryption keys", e);
        }
        throw new Refusal(
                SetError.INVALID_KEY, "This receiver has no such key; those that it has are published at " + PATH);
    }

    private static List<JWK> read(Path file, String key) {
        JWKSet set;
        try {
            set = JWKSet.parse(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        } catch (ParseException e) {
            // Its message may quote the file.
            throw new IllegalArgumentException(key + ": " + file + " is no key set (RFC 7517, section 5)");
        }
        if (set.getKeys().isEmpty() || !set.getKeys().stream().allMatch(EncryptionKeys::isFit)) {
            throw new IllegalArgumentException(key + ": " + file
                    + " must hold keys with their private parts, with a kid"
                    + " and use=enc, and nothing else: RSA of at least " + RSA_BITS + " bits, or EC on P-256 or P-384");
        }
        return List.copyOf(set.getKeys());
    }

    private static boolean isFit(JWK key) {
        boolean strong = key instanceof RSAKey rsa && rsa.size() >= RSA_BITS
                || key instanceof ECKey ec && Set.of(Curve.P_256, Curve.P_384).contains(ec.getCurve());
        return strong && key.isPrivate() && key.getKeyID() != null && KeyUse.ENCRYPTION.equals(key.getKeyUse());
    }

    /** Written beside and moved, readable by its owner alone from its first moment on. */
    static void makeIfAbsent(Path file, Supplier<JWKSet> keys) {
        if (Files.exists(file)) {
            return;
        }
        try {
            Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), "keys", ".new", ownersOnly(file));
            Files.writeString(beside, keys.get().toString(false) + "\n");
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.data-directory: no keys can be kept in " + file, e);
        }
    }

    private static FileAttribute<?>[] ownersOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static List<JWK> generate() {
        try {
            return List.of(
                    new RSAKeyGenerator(RSA_BITS)
                            .keyUse(KeyUse.ENCRYPTION)
                            .algorithm(JWEAlgorithm.RSA_OAEP_256)
                            .keyIDFromThumbprint(true)
                            .generate(),
                    new ECKeyGenerator(Curve.P_256)
                            .keyUse(KeyUse.ENCRYPTION)
                            .algorithm(JWEAlgorithm.ECDH_ES)
                            .keyIDFromThumbprint(true)
                            .generate());
        } catch (JOSEException e) {
            throw new IllegalStateException("The Java runtime cannot make encryption keys", e);
        }
    }
}
