package io.signalbox.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom Signalbox may call, and how long it waits.
 *
 * @param allow address ranges that are not public and may be called all the same, in CIDR notation such as
 *     {@code 10.20.0.0/16}; loopback ranges also over plain http. Nothing by default
 * @param connectTimeout how long a connection may take to be made, TLS included; 3 seconds by default
 * @param responseTimeout how long a fetch may take from its start to the last byte, and how long any other call may
 *     stay silent; 10 seconds by default
 * @param caFile PEM file of certificate authorities, or of a peer's self-signed certificate, that are trusted besides
 *     those of the Java runtime. None by default
 * @param revocation where it is asked whether the certificate of a server that is called was revoked: {@code off},
 *     {@code ocsp}, {@code crl}, or {@code either}, of the places that the certificate names; default off. A server of whose
 *     certificate that cannot be learned is not called
 */
@ConfigurationProperties("signalbox.http")
record HttpProperties(
        @DefaultValue List<String> allow,
        @DefaultValue("3s") Duration connectTimeout,
        @DefaultValue("10s") Duration responseTimeout,
        @Nullable String caFile,
        @DefaultValue("off") Revocation revocation) {

    HttpProperties {
        allow = List.copyOf(allow);
        ranges(allow);
        positive("connect-timeout", connectTimeout);
        positive("response-timeout", responseTimeout);
        CertificateAuthorities.read(caFile);
    }

    List<AddressRange> allowedRanges() {
        return ranges(allow);
    }

    /** Whose certificates are taken; read anew, so that a file that was lost stops the start and not the first call. */
    CertificateAuthorities authorities() {
        return CertificateAuthorities.read(caFile, revocation);
    }

    private static List<AddressRange> ranges(List<String> texts) {
        List<AddressRange> ranges = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String key = "signalbox.http.allow[" + i + "]";
            try {
                ranges.add(AddressRange.parse(texts.get(i).strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + " " + e.getMessage());
            }
            // A range of everything is the guard switched off; nobody writes that knowing what it means.
            if (ranges.get(i).prefix() == 0) {
                throw new IllegalArgumentException(key + " allows every address; list the ranges that are yours");
            }
        }
        return ranges;
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("signalbox.http." + name + " must be over 0 and at most 10 minutes");
        }
    }
}
