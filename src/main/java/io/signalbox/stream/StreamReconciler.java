package io.signalbox.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one stream as it is meant to be, with the fewest calls that change anything. Compares first: there are
 * transmitters that throw away what waits when they are asked for the events that they deliver already. Applied twice it
 * changes nothing the second time.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-8.1.1">SSF 1.0, section
 *     8.1.1</a>
 */
public final class StreamReconciler {

    private static final Duration PACE = Duration.ofSeconds(1);

    private final StreamClient client;
    private final DesiredStream wanted;
    private final Set<String> others;
    private final boolean sendHeader;
    private final Duration patience;

    /**
     * @param others descriptions of streams of the same client that are kept besides this one: never taken for it
     * @param sendHeader whether a push stream's delivery is written even if nothing of it is seen to differ; for a header
     *     that was changed here, as most transmitters do not tell which one they have
     * @param patience how long what the transmitter decides later is waited for
     */
    public StreamReconciler(
            StreamClient client, DesiredStream wanted, Set<String> others, boolean sendHeader, Duration patience) {
        this.client = client;
        this.wanted = wanted;
        this.others = Set.copyOf(others);
        this.sendHeader = sendHeader && wanted.authorizationHeader() != null;
        this.patience = patience;
    }

    /** Looks, and changes nothing. */
    public StreamPlan plan() {
        Found found = find();
        if (found.why() != null) {
            return new StreamPlan.Blocked(found.why());
        }
        return found.stream() == null ? new StreamPlan.Create(wanted.request()) : compare(found.stream());
    }

    /**
     * Does what a plan says.
     *
     * @return the stream as it is then, or the answer that stood in the way
     */
    public Answer<StreamConfiguration> apply(StreamPlan plan) {
        if (plan instanceof StreamPlan.Keep keep) {
            return new Answer.Done<>(keep.stream());
        }
        if (plan instanceof StreamPlan.Create create) {
            return settle(() -> client.create(create.request()));
        }
        if (plan instanceof StreamPlan.Change change) {
            return change(change);
        }
        return new Answer.Unreachable<>(plan.told());
    }

    private Answer<StreamConfiguration> change(StreamPlan.Change change) {
        String id = change.stream().streamId();
        StreamConfiguration stream = change.stream();
        if (change.patch() != null) {
            StreamRequest patch = change.patch();
            Answer<StreamConfiguration> patched = settle(() -> client.patch(id, patch));
            if (patched.value().isEmpty()) {
                return patched;
            }
            stream = patched.value().get();
        }
        if (change.enable()) {
            Answer<StreamState> enabled = settle(() -> client.status(id, StreamStatus.ENABLED));
            if (enabled.value().isEmpty()) {
                return enabled.undone();
            }
        }
        return new Answer.Done<>(stream);
    }

    /** The stream that this source has at the transmitter, without a look at how it is. */
    Answer<StreamConfiguration> locate() {
        Found found = find();
        if (found.stream() != null) {
            return new Answer.Done<>(found.stream());
        }
        return found.failure() != null
                ? found.failure().undone()
                : new Answer.Unreachable<>(found.why() == null ? "there is no stream yet" : found.why());
    }

    private record Found(
            @Nullable StreamConfiguration stream,
            @Nullable String why,
            @Nullable Answer<?> failure) {}

    private Found find() {
        String id = wanted.streamId();
        if (id != null) {
            Answer<StreamConfiguration> read = settle(() -> client.read(id));
            return read.value()
                    .map(stream -> new Found(stream, null, null))
                    .orElseGet(() -> new Found(null, "stream " + id + ": " + read.told(), read));
        }
        Answer<List<StreamConfiguration>> list = settle(client::list);
        if (list.value().isEmpty()) {
            return new Found(null, "the streams cannot be listed: " + list.told(), list);
        }
        return choose(list.value().get());
    }

    /** By what only ours has; else the only one there is, as many transmitters allow no second one. */
    private Found choose(List<StreamConfiguration> listed) {
        List<StreamConfiguration> all = listed.stream()
                .filter(stream -> stream.description() == null || !others.contains(stream.description()))
                .toList();
        List<StreamConfiguration> ours = all.stream().filter(this::isOurs).toList();
        if (ours.size() == 1) {
            return new Found(ours.get(0), null, null);
        }
        if (all.isEmpty()) {
            return new Found(null, null, null);
        }
        if (all.size() == 1) {
            return new Found(all.get(0), null, null);
        }
        return new Found(
                null,
                "this client has " + all.size()
                        + " streams, and it cannot be told which is meant; name it as stream-id",
                null);
    }

    private boolean isOurs(StreamConfiguration stream) {
        boolean sameEndpoint = wanted.endpointUrl() != null
                && wanted.endpointUrl().equals(stream.delivery().endpointUrl());
        return sameEndpoint || wanted.description().equals(stream.description());
    }

    private StreamPlan compare(StreamConfiguration stream) {
        List<String> differences = new ArrayList<>();
        Delivery delivery = delivery(stream, differences);
        List<String> events = events(stream, differences);
        String description = description(stream, differences);
        boolean enable = false;
        Answer<StreamState> state = settle(() -> client.status(stream.streamId()));
        if (state.value().isPresent()) {
            StreamStatus status = state.value().get().status();
            enable = status != StreamStatus.ENABLED;
            if (enable) {
                differences.add("the status is " + status.word() + ", not enabled");
            }
        } else if (!(state instanceof Answer.NotOffered)) {
            return new StreamPlan.Blocked("the status cannot be read: " + state.told());
        }
        if (differences.isEmpty()) {
            return new StreamPlan.Keep(stream);
        }
        StreamRequest patch = new StreamRequest(delivery, events, description);
        return new StreamPlan.Change(stream, patch.isEmpty() ? null : patch, enable, List.copyOf(differences));
    }

    /** Absent if it is as wanted. It is replaced as a whole (T-35), so all of it is sent or nothing. */
    private @Nullable Delivery delivery(StreamConfiguration stream, List<String> differences) {
        Delivery has = stream.delivery();
        int before = differences.size();
        if (has.method() != wanted.delivery()) {
            differences.add("delivery by " + wanted.delivery().name().toLowerCase(java.util.Locale.ROOT) + ", not by "
                    + has.method().name().toLowerCase(java.util.Locale.ROOT));
        } else if (wanted.delivery() == DeliveryMethod.PUSH) {
            if (!Objects.equals(has.endpointUrl(), wanted.endpointUrl())) {
                differences.add("pushed to " + wanted.endpointUrl() + ", not to " + has.endpointUrl());
            }
            if (sendHeader
                    || has.authorizationHeader() != null
                            && !has.authorizationHeader().equals(wanted.authorizationHeader())) {
                differences.add("another Authorization header");
            }
        }
        if (differences.size() == before) {
            return null;
        }
        return wanted.request().delivery();
    }

    /**
     * Absent if it makes no difference. What the transmitter does not support makes none: one that forgets such types
     * would be asked again at every turn.
     */
    private @Nullable List<String> events(StreamConfiguration stream, List<String> differences) {
        Set<String> has = effective(
                stream.eventsRequested().isEmpty() ? stream.eventsDelivered() : stream.eventsRequested(), stream);
        Set<String> wants = effective(wanted.events(), stream);
        if (has.equals(wants)) {
            return null;
        }
        Set<String> more = new LinkedHashSet<>(wants);
        more.removeAll(has);
        Set<String> less = new LinkedHashSet<>(has);
        less.removeAll(wants);
        more.forEach(type -> differences.add(EventNames.shortly(type) + " as well"));
        less.forEach(type -> differences.add(EventNames.shortly(type) + " no more"));
        return wanted.events();
    }

    private static Set<String> effective(List<String> events, StreamConfiguration stream) {
        Set<String> effective = new LinkedHashSet<>(events);
        if (!stream.eventsSupported().isEmpty()) {
            effective.retainAll(stream.eventsSupported());
        }
        return effective;
    }

    /** A transmitter may have cut it, and then it is as wanted. */
    private @Nullable String description(StreamConfiguration stream, List<String> differences) {
        String has = Optional.ofNullable(stream.description()).orElse("");
        if (!has.isEmpty() && wanted.description().startsWith(has)) {
            return null;
        }
        differences.add("the description");
        return wanted.description();
    }

    private <T> Answer<T> settle(Supplier<Answer<T>> call) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Answer<T> answer = call.get();
            Duration wait;
            if (answer instanceof Answer.Pending) {
                wait = PACE;
            } else if (answer instanceof Answer.NotYet<T> later) {
                wait = later.retryAfter();
            } else {
                return answer;
            }
            if (System.nanoTime() + wait.toNanos() - end > 0) {
                return answer;
            }
            LockSupport.parkNanos(wait.toNanos());
        }
    }
}
