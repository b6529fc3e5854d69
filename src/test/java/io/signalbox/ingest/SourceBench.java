package io.signalbox.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.Door;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.KnownIssuers;
import io.signalbox.set.SourceBoard;
import io.signalbox.store.Leases;
import io.signalbox.store.SourceBook;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

/** One source as an operator would configure it, with what stands around it. */
public final class SourceBench {

    public static final String TRANSMITTER = "https://idp.example.com";

    private final ConfiguredSources sources;
    private final KeptStreams kept;

    /** @param more keys of the source beyond its name and transmitter, without their prefix */
    public SourceBench(Map<String, String> more, KeptStreams kept) {
        this.kept = kept;
        Map<String, String> keys = new TreeMap<>();
        keys.put("signalbox.sources[0].name", "idp");
        keys.put("signalbox.sources[0].transmitter", TRANSMITTER);
        more.forEach((key, value) -> keys.put("signalbox.sources[0]." + key, value));
        this.sources = new ConfiguredSources(
                new Binder(new MapConfigurationPropertySource(keys)).bindOrCreate("signalbox", SourceProperties.class),
                new Issuers("scim-watch".equals(more.get("delivery"))),
                kept,
                new MockEnvironment()
                        .withProperty("POLL_TOKEN", "Bearer poll-secret")
                        .withProperty("SCIM_TOKEN", "Bearer scim-token"));
    }

    private record Issuers(boolean attests) implements KnownIssuers {
        @Override
        public boolean knows(String issuer) {
            return issuer.equals(TRANSMITTER);
        }

        @Override
        public boolean attested(String issuer) {
            return attests;
        }
    }

    public Source source() {
        return sources.all().get(0);
    }

    public static SourceReports reports(SourceBook book, Clock clock, MeterRegistry meters) {
        return new SourceReports(book, clock, meters);
    }

    /** How the source stands, as seen by a node that starts now. */
    public SourceBoard board(SourceBook book, Leases leases, Door door, Clock clock) {
        return new SourceStandings(sources, kept, book, leases, door, clock);
    }
}
