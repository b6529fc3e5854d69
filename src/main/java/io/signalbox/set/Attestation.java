package io.signalbox.set;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a source told us in its own words and without a signature of its own, in the words of SETs: to be checked like a
 * SET and signed over by us. That the source is who it says was shown by other means at its door.
 *
 * @param iss the issuer that the source stands for; one that is trusted by such attestations
 * @param audience what {@code aud} shall be; absent for the first audience that trust names
 * @param jti unique within the issuer, and the same whenever the same is told
 * @param at when it happened
 * @param txn joins what has one cause; absent if the source gave none
 * @param subject whom it is about; absent if nobody is named
 * @param events event URI to payload; at least one
 * @param receivedAt when we got it
 */
public record Attestation(
        String iss,
        @Nullable String audience,
        String jti,
        Instant at,
        @Nullable String txn,
        @Nullable SubjectIdentifier subject,
        Map<String, Map<String, Object>> events,
        Instant receivedAt) {

    /** Subjects and payloads belong in no log. */
    @Override
    public String toString() {
        return "Attestation[iss=" + iss + ", jti=" + jti + "]";
    }
}
