package io.signalbox.stream;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The streams that we keep at their transmitters.
 *
 * @param sources streams that others transmit to us. One that has {@code credentials} is kept at its transmitter with
 *     {@code receiver plan} and {@code receiver apply}, and verified now and then; none by default
 */
@ConfigurationProperties("signalbox")
record StreamProperties(@DefaultValue List<Entry> sources) {

    StreamProperties {
        sources = List.copyOf(sources);
    }

    /**
     * What the operator wrote about one source, as far as it is about the stream at its transmitter.
     *
     * @param name made of a-z, 0-9 and hyphens
     * @param transmitter the issuer of its SETs
     * @param delivery {@code push}: the transmitter sends (RFC 8935); {@code poll}: we fetch (RFC 8936)
     * @param events types to ask for, as {@code session-revoked}, {@code caep:session-revoked} or a URI; needed where there
     *     are credentials
     * @param endpointUrl where the transmitter reaches the source's push endpoint; push with credentials only, and needed
     *     there
     * @param authorizationHeaderFile file that holds what the transmitter must send in the header {@code Authorization};
     *     push only
     * @param authorizationHeaderEnv name of the environment variable that holds the same
     * @param description by which the stream is known again at the transmitter; {@code Signalbox source <name>} by default
     * @param streamId the stream at the transmitter, where the client has several and none has our description
     * @param wellKnown under which name the transmitter publishes its metadata: {@code ssf}, or {@code sse} or {@code risc}
     *     for one that is older than the final text; never tried by itself
     * @param verifyEvery how often the transmitter is asked to send a verification event through the stream; 0 for never,
     *     else at least a minute
     * @param verifyWithin how long that event may take before the stream counts as broken
     * @param credentials who we are to the transmitter; without them the stream is made and kept by hand
     */
    record Entry(
            @Nullable String name,
            @Nullable String transmitter,
            @Nullable String delivery,
            @DefaultValue List<String> events,
            @Nullable String endpointUrl,
            @Nullable String authorizationHeaderFile,
            @Nullable String authorizationHeaderEnv,
            @Nullable String description,
            @Nullable String streamId,
            @DefaultValue("ssf") String wellKnown,
            @DefaultValue("24h") Duration verifyEvery,
            @DefaultValue("10m") Duration verifyWithin,
            @Nullable StreamCredentials credentials) {}
}
