package io.signalbox.testing;

import io.signalbox.set.KeptStreams;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Streams that are kept by somebody who logs in: each token is another one, after the one before was refused. */
public final class LoggedIn implements KeptStreams {

    private final Set<String> kept;
    private final AtomicInteger logins = new AtomicInteger(1);
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private volatile @Nullable URI place;
    private volatile Access.@Nullable Shut shut;

    public LoggedIn(String... kept) {
        this.kept = Set.of(kept);
    }

    /** Where the transmitter says that its stream is polled. */
    public LoggedIn at(String url) {
        place = URI.create(url);
        return this;
    }

    /** Nothing can be had from now on; null: it can again. */
    public void shut(Access.@Nullable Shut why) {
        shut = why;
    }

    public List<String> refused() {
        return refused;
    }

    @Override
    public boolean keeps(String source) {
        return kept.contains(source);
    }

    @Override
    public Access access(String source, @Nullable URI known) {
        Access.Shut why = shut;
        if (why != null) {
            return why;
        }
        URI uri = known == null ? place : known;
        return new Access.Open(
                Objects.requireNonNull(uri, "it was not said where the stream is polled"),
                "Bearer token-" + logins.get());
    }

    @Override
    public void refused(String source, Access.Open access) {
        refused.add(String.valueOf(access.authorization()));
        logins.incrementAndGet();
    }
}
