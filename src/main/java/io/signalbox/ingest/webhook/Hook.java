package io.signalbox.ingest.webhook;

import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came of reading a request to the door of a webhook. */
sealed interface Hook {

    /** The vendor wants to know whether we are there. */
    record Greeting(String contentType, String body) implements Hook {}

    /**
     * Not read any further.
     *
     * @param status what is answered
     * @param detail for the vendor's developers; holds nothing of the body
     */
    record Refused(int status, SetError error, String detail) implements Hook {}

    /** One request whose sender has shown who it is, and what became of the events in it. */
    final class Delivery implements Hook {

        private final Source source;
        private final Mapping mapping;
        private final Object json;
        private final Instant receivedAt;
        private final @Nullable String name;
        private final List<Verdict> verdicts = new ArrayList<>();
        private int filtered;

        /** @param name what the sender calls it in a header that is signed with the body; absent if it does not */
        Delivery(Source source, Mapping mapping, Object json, Instant receivedAt, @Nullable String name) {
            this.source = source;
            this.mapping = mapping;
            this.json = json;
            this.receivedAt = receivedAt;
            this.name = name;
        }

        Source source() {
            return source;
        }

        Mapping mapping() {
            return mapping;
        }

        Object json() {
            return json;
        }

        Instant receivedAt() {
            return receivedAt;
        }

        /**
         * A name for the next event, where it has neither a name nor a time of its own. A sender that names its requests
         * lets a repeat be told by that; of others every request counts, as to lose one would be worse.
         */
        String nameOfNext() {
            int place = verdicts.size() + filtered + 1;
            return name == null ? "received-" + receivedAt.toEpochMilli() + "-" + place : name + "-" + place;
        }

        void note(@Nullable Object verdict) {
            if (verdict instanceof Verdict known) {
                verdicts.add(known);
            } else {
                filtered++;
            }
        }

        /** What became of its events, in their order, without those that were left out on purpose. */
        List<Verdict> verdicts() {
            return List.copyOf(verdicts);
        }

        boolean isEmpty() {
            return verdicts.isEmpty() && filtered == 0;
        }

        /** Bodies belong in no log. */
        @Override
        public String toString() {
            return "Delivery[" + source.name() + ", " + verdicts.size() + " events]";
        }
    }

    /** The problem as it is written. */
    static Map<String, Object> problem(int status, String detail) {
        return Map.of("title", "The webhook was not taken", "status", status, "detail", detail);
    }
}
