package io.signalbox.deliver;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that sign our SETs, in a file that outlives us. Of each algorithm the key that began last signs; the one after
 * it is published before it begins, the one before it for a while after (T-04). No key is ever both gone and in use.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7517#section-5">RFC 7517, section 5</a>
 */
final class SigningKeys {

    private static final int RSA_BITS = 2048;
    private static final String TYP = "secevent+jwt";

    /** Another node may have rotated. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final String key;
    private final Path file;
    private final Set<String> algorithms;
    private final Duration overlap;
    private final Clock clock;
    private final Map<String, JWSSigner> signers = new ConcurrentHashMap<>();
    private volatile Known known;

    private record Known(List<JWK> keys, FileTime written, Instant lookedAt) {}

    /**
     * Opens the file, and makes the keys that are missing in it.
     *
     * @param key of the configuration that names the file, for messages
     * @param algorithms those of which there must be a key
     * @throws IllegalArgumentException naming the key of the configuration, if the file cannot be used
     */
    SigningKeys(String key, Path file, Set<String> algorithms, Duration overlap, Clock clock) {
        this.key = key;
        this.file = file;
        this.algorithms = new TreeSet<>(algorithms);
        this.overlap = overlap;
        this.clock = clock;
        if (!Files.exists(file)) {
            write(List.of());
        }
        this.known = read();
        List<JWK> keys = new ArrayList<>(known.keys());
        for (String algorithm : this.algorithms) {
            if (keys.stream().noneMatch(each -> isOf(each, algorithm))) {
                keys.add(generate(algorithm, clock.instant()));
            }
        }
        if (keys.size() > known.keys().size()) {
            write(keys);
            this.known = read();
        }
    }

    private Known known() {
        Known current = known;
        if (current.lookedAt().plus(LOOK_AGAIN).isAfter(clock.instant())) {
            return current;
        }
        try {
            current = Files.getLastModifiedTime(file).equals(current.written())
                    ? new Known(current.keys(), current.written(), clock.instant())
                    : read();
        } catch (IOException | IllegalArgumentException e) {
            // What is in memory goes on signing; the file will be looked at again.
            current = new Known(current.keys(), current.written(), clock.instant());
        }
        known = current;
        return current;
    }

    /** What receivers may know: what is published says nothing of our plans. */
    Map<String, Object> published() {
        List<Map<String, Object>> keys = new ArrayList<>();
        for (JWK key : known().keys()) {
            if (!isOver(key, clock.instant())) {
                Map<String, Object> form = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
                List.of("nbf", "exp", "iat").forEach(form::remove);
                keys.add(form);
            }
        }
        return Map.of("keys", keys);
    }

    /** Whether what was signed so can still be verified. */
    boolean isPublished(String compact) {
        try {
            String header = new String(
                    Base64.getUrlDecoder().decode(compact.substring(0, compact.indexOf('.'))), StandardCharsets.UTF_8);
            Object kid = Wire.readObject(header).get("kid");
            return known().keys().stream().anyMatch(key -> key.getKeyID().equals(kid) && !isOver(key, clock.instant()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /**
     * Signs.
     *
     * @param claims a JSON object, signed as it is, octet by octet
     * @return the SET in compact form, typed as one (T-90, T-120)
     */
    String signed(String claims, String algorithm) {
        JWK key = current(algorithm)
                .orElseThrow(() -> new IllegalStateException("There is no key for " + algorithm + " in " + file));
        JWSObject set = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                        .type(new JOSEObjectType(TYP))
                        .keyID(key.getKeyID())
                        .build(),
                new Payload(claims));
        try {
            JWSSigner signer = signers.get(key.getKeyID());
            if (signer == null) {
                signer = signer(key);
                signers.put(key.getKeyID(), signer);
            }
            set.sign(signer);
            return set.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("The Java runtime cannot sign with our own key", e);
        }
    }

    private static JWSSigner signer(JWK key) throws JOSEException {
        if (key instanceof RSAKey rsa) {
            return new RSASSASigner(rsa);
        }
        return key instanceof ECKey ec ? new ECDSASigner(ec) : new EdDsaSigner((OctetKeyPair) key);
    }

    /** The one that signs now: of those that have begun, the last. */
    private Optional<JWK> current(String algorithm) {
        Instant now = clock.instant();
        return known().keys().stream()
                .filter(key -> isOf(key, algorithm) && !begins(key).isAfter(now) && !isOver(key, now))
                .max(Comparator.comparing(SigningKeys::begins));
    }

    /**
     * Makes new keys of all algorithms in use, and has them published.
     *
     * @param atOnce the old ones are not to be trusted any more: the new ones sign from now on, and the old ones are gone.
     *     Receivers that keep our keys will refuse what we send until they look again
     * @return names of the new keys
     */
    synchronized List<String> rotate(boolean atOnce) {
        Instant now = clock.instant();
        Instant begin = atOnce ? now : now.plus(overlap);
        Date end = Date.from(atOnce ? now : begin.plus(overlap));
        List<JWK> keys = new ArrayList<>();
        for (JWK key : read().keys()) {
            if (!isOver(key, now)) {
                Date planned = key.getExpirationTime();
                keys.add(planned != null && planned.before(end) ? key : ending(key, end));
            }
        }
        List<JWK> made =
                algorithms.stream().map(algorithm -> generate(algorithm, begin)).toList();
        keys.addAll(made);
        write(keys);
        known = read();
        return made.stream().map(JWK::getKeyID).toList();
    }

    /** Whether the newest key of some algorithm has been there for so long. */
    boolean isOlderThan(Duration age) {
        Instant latest = clock.instant().minus(age);
        return algorithms.stream().anyMatch(algorithm -> known().keys().stream()
                .filter(key -> isOf(key, algorithm))
                .map(SigningKeys::begins)
                .max(Comparator.naturalOrder())
                .map(begin -> begin.isBefore(latest))
                .orElse(true));
    }

    private static boolean isOf(JWK key, String algorithm) {
        return key.getAlgorithm().getName().equals(algorithm);
    }

    private static Instant begins(JWK key) {
        return key.getNotBeforeTime() == null
                ? Instant.EPOCH
                : key.getNotBeforeTime().toInstant();
    }

    private static boolean isOver(JWK key, Instant now) {
        return key.getExpirationTime() != null
                && !key.getExpirationTime().toInstant().isAfter(now);
    }

    private static JWK ending(JWK key, Date end) {
        if (key instanceof RSAKey rsa) {
            return new RSAKey.Builder(rsa).expirationTime(end).build();
        }
        return key instanceof ECKey ec
                ? new ECKey.Builder(ec).expirationTime(end).build()
                : new OctetKeyPair.Builder((OctetKeyPair) key)
                        .expirationTime(end)
                        .build();
    }

    private static JWK generate(String algorithm, Instant begin) {
        JWSAlgorithm name = JWSAlgorithm.parse(algorithm);
        Date from = Date.from(begin);
        try {
            return switch (algorithm) {
                case "RS256", "PS256" ->
                    new RSAKeyGenerator(RSA_BITS)
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(name)
                            .keyIDFromThumbprint(true)
                            .notBeforeTime(from)
                            .generate();
                case "ES256" ->
                    new ECKeyGenerator(Curve.P_256)
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(name)
                            .keyIDFromThumbprint(true)
                            .notBeforeTime(from)
                            .generate();
                default -> {
                    OctetKeyPair pair = EdDsaSigner.generate();
                    yield new OctetKeyPair.Builder(pair)
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(name)
                            .keyID(pair.computeThumbprint().toString())
                            .notBeforeTime(from)
                            .build();
                }
            };
        } catch (JOSEException e) {
            throw new IllegalStateException("The Java runtime cannot make a key for " + algorithm, e);
        }
    }

    private Known read() {
        JWKSet set;
        FileTime written;
        try {
            written = Files.getLastModifiedTime(file);
            set = JWKSet.parse(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        } catch (ParseException e) {
            // Its message may quote the file.
            throw new IllegalArgumentException(key + ": " + file + " is no key set (RFC 7517, section 5)");
        }
        if (!set.getKeys().stream().allMatch(SigningKeys::isFit)) {
            throw new IllegalArgumentException(key + ": " + file
                    + " must hold keys with their private parts, with a kid"
                    + " and an alg of RS256, PS256, ES256 or EdDSA, and nothing else; RSA of at least " + RSA_BITS
                    + " bits");
        }
        return new Known(List.copyOf(set.getKeys()), written, clock.instant());
    }

    private static boolean isFit(JWK key) {
        String algorithm = key.getAlgorithm() == null ? "" : key.getAlgorithm().getName();
        boolean strong =
                switch (algorithm) {
                    case "RS256", "PS256" -> key instanceof RSAKey rsa && rsa.size() >= RSA_BITS;
                    case "ES256" -> key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256);
                    case "EdDSA" ->
                        key instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519);
                    default -> false;
                };
        return strong && key.isPrivate() && key.getKeyID() != null;
    }

    /** Written beside and moved, readable by its owner alone from its first moment on. */
    private void write(List<JWK> keys) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            Path beside =
                    Files.createTempFile(file.toAbsolutePath().getParent(), "transmitter-keys", ".new", ownersOnly);
            Files.writeString(beside, new JWKSet(keys).toString(false) + "\n");
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(key + ": no keys can be kept in " + file, e);
        }
    }
}
