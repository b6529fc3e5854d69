package io.signalbox.set;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The streams that we keep at their transmitters, for whoever fetches from them: where their SETs lie, and as whom we
 * come.
 */
public interface KeptStreams {

    /** Whether the source's stream is one of them. */
    boolean keeps(String source);

    /**
     * What it takes to fetch the source's SETs now. May ask the transmitter and its authorization server, and then takes
     * as long as they do.
     *
     * @param known where they are fetched, if the operator says so; else the transmitter is asked
     */
    Access access(String source, @Nullable URI known);

    /** Told that an access was not accepted, or that there is no stream there: the next one is made anew. */
    void refused(String source, Access.Open access);

    /** The way to a stream's SETs. */
    sealed interface Access {

        /**
         * It can be tried.
         *
         * @param uri where SETs are fetched
         * @param authorization value of the {@code Authorization} header, a secret; absent if nothing is sent
         */
        record Open(URI uri, @Nullable String authorization) implements Access {

            /** Without the secret. */
            @Override
            public String toString() {
                return "Open[" + uri + "]";
            }
        }

        /**
         * There is none at the moment.
         *
         * @param why for an operator; holds no secret
         * @param retryAfter how long we are asked to wait; absent if nobody says
         */
        record Shut(String why, @Nullable Duration retryAfter) implements Access {}
    }
}
