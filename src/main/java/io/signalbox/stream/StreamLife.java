package io.signalbox.stream;

import io.signalbox.http.GuardedHttp;
import io.signalbox.set.Verdict;
import io.signalbox.verify.VerifySet;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes one stream at a transmitter through a chosen life, as a receiver would, and says of each step whether all was as
 * the texts have it. Makes no call that a well-behaved receiver would not make: nothing is asked for that is known not to
 * be there. What it made it deletes again, however the steps before went.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html">SSF 1.0</a>
 * @see <a href="https://openid.net/specs/openid-caep-interoperability-profile-1_0.html">CAEP Interoperability Profile</a>
 */
public final class StreamLife {

    /** Between two polls that may not wait, and between two tries of what is not done yet. */
    private static final Duration PACE = Duration.ofMillis(500);

    private static final int MAX_BYTES = 256 * 1024;
    private static final int PAGE = 100;
    private static final int LAST_POLLS = 5;

    private final GuardedHttp http;
    private final Authorization authorization;
    private final Clock clock;
    private final LifePlan plan;
    private final @Nullable PushPlace push;
    private final Consumer<StepReport> listener;
    private final Consumer<ReceivedSet> received;
    private final SecureRandom random = new SecureRandom();

    private final List<Finding> findings = new ArrayList<>();
    private final List<StepReport> reports = new ArrayList<>();
    private final Set<String> toAcknowledge = new LinkedHashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private final Map<String, Verdict.Refused> toRefuse = new LinkedHashMap<>();
    private @Nullable LifeInbox inbox;
    private @Nullable PushListener pushes;
    private @Nullable StreamConfiguration stream;
    private @Nullable String made;

    /**
     * @param push where pushes come in; absent for a plan that polls
     * @param listener told of each step when it is over
     * @param received told of each SET, before the step is over in which it came
     */
    public StreamLife(
            GuardedHttp http,
            Authorization authorization,
            Clock clock,
            LifePlan plan,
            @Nullable PushPlace push,
            Consumer<StepReport> listener,
            Consumer<ReceivedSet> received) {
        if ((plan.delivery() == DeliveryMethod.PUSH) != (push != null)) {
            throw new IllegalArgumentException("a place for pushes goes with a plan that is pushed to");
        }
        this.http = http;
        this.authorization = authorization;
        this.clock = clock;
        this.plan = plan;
        this.push = push;
        this.listener = listener;
        this.received = received;
    }

    /**
     * Takes it through its life, once.
     *
     * @return how each step went, in order; the first that makes all others pointless is the last
     */
    public List<StepReport> run() {
        try {
            TransmitterMetadata metadata = step(LifeStep.DISCOVER, this::discover);
            if (metadata == null || step(LifeStep.LOGIN, this::login) == null) {
                return List.copyOf(reports);
            }
            StreamClient client = new StreamClient(
                    http,
                    metadata,
                    authorization,
                    deviation -> findings.add(Finding.remark(deviation.rule(), deviation.what())));
            live(metadata, client);
            return List.copyOf(reports);
        } finally {
            if (pushes != null) {
                pushes.close();
            }
            if (inbox != null) {
                inbox.close();
            }
        }
    }

    private void live(TransmitterMetadata metadata, StreamClient client) {
        LifeInbox in = new LifeInbox(
                audiences -> VerifySet.of(metadata.issuer(), jwks(metadata), audiences, http, clock), clock);
        inbox = in;
        Delivery delivery = Delivery.poll();
        if (push != null) {
            try {
                PushListener open = PushListener.open(push, in);
                pushes = open;
                URI url = push.endpointUrl() == null ? open.local("/push/" + token()) : push.endpointUrl();
                delivery = Delivery.push(url, push.authorizationHeader());
            } catch (IOException e) {
                findings.add(Finding.fault("R-10", "No push can be taken at " + push.listen() + ": " + e.getMessage()));
                report(LifeStep.CREATE, "nothing was asked for");
                return;
            }
        }
        boolean deleted = false;
        for (LifeStep step : steps()) {
            if (step == LifeStep.CREATE || step == LifeStep.READ && stream == null) {
                Delivery wanted = delivery;
                StreamConfiguration opened = step == LifeStep.CREATE
                        ? step(step, () -> create(client, wanted))
                        : step(step, () -> adopt(client));
                if (opened == null) {
                    break;
                }
            } else {
                StreamConfiguration current = Objects.requireNonNull(stream);
                Delivery wanted = delivery;
                step(step, () -> further(step, client, current, wanted));
                deleted |= step == LifeStep.DELETE;
            }
        }
        if (made != null && !deleted && plan.steps().contains(LifeStep.DELETE)) {
            String left = made;
            step(LifeStep.DELETE, () -> delete(client, left));
        }
    }

    /** A stream that is there already is read first, whatever else is wanted: nothing else can be judged otherwise. */
    private List<LifeStep> steps() {
        List<LifeStep> steps = new ArrayList<>(plan.steps());
        if (plan.streamId() != null && (steps.isEmpty() || steps.get(0) != LifeStep.READ)) {
            steps.add(0, LifeStep.READ);
        }
        return steps;
    }

    private @Nullable String further(
            LifeStep step, StreamClient client, StreamConfiguration current, Delivery delivery) {
        return switch (step) {
            case READ -> read(client, current);
            case LIST -> list(client, current);
            case PATCH -> patch(client, current);
            case PUT -> put(client, current, delivery);
            case STATUS -> status(client, current, null);
            case PAUSE -> status(client, current, StreamStatus.PAUSED);
            case DISABLE -> status(client, current, StreamStatus.DISABLED);
            case ENABLE -> status(client, current, StreamStatus.ENABLED);
            case ADD_SUBJECT ->
                done(
                        settle(() ->
                                client.addSubject(current.streamId(), Objects.requireNonNull(plan.subject()), true)),
                        ignored -> "the subject is added, as far as a transmitter tells");
            case REMOVE_SUBJECT ->
                done(
                        settle(() -> client.removeSubject(current.streamId(), Objects.requireNonNull(plan.subject()))),
                        ignored -> "the subject is removed, as far as a transmitter tells");
            case VERIFY -> verify(client, current);
            case RECEIVE -> receive(client, current);
            case DELETE -> delete(client, current.streamId());
            default -> throw new IllegalStateException(step + " is no step of a stream's life");
        };
    }

    // ---- before there is a stream

    private @Nullable TransmitterMetadata discover() {
        Answer<TransmitterMetadata> answer =
                settle(() -> new TransmitterDiscovery(http).discover(plan.issuer(), plan.wellKnown()));
        if (answer.value().isEmpty()) {
            failed(answer);
            told = answer.told();
            return null;
        }
        TransmitterMetadata metadata = answer.value().get();
        told = "issuer " + metadata.issuer() + ", spec_version " + metadata.specVersion();
        if (metadata.specVersion() == null) {
            findings.add(Finding.remark("R-07", "spec_version is absent, which means a draft (1_0-ID1)"));
        }
        demanded(metadata.jwksUri(), "jwks_uri", "R-08, I-10");
        demanded(metadata.configurationEndpoint(), "configuration_endpoint", "I-10");
        offered(metadata.statusEndpoint(), "status_endpoint");
        offered(metadata.verificationEndpoint(), "verification_endpoint");
        if (metadata.deliveryMethods().isEmpty()) {
            findings.add(Finding.remark("I-10", "delivery_methods_supported is absent"));
        } else if (!metadata.deliveryMethods().contains(plan.delivery().urn())) {
            findings.add(Finding.fault(
                    "I-12",
                    "delivery_methods_supported does not have "
                            + plan.delivery().urn()));
        }
        if (!metadata.authorizationSchemes().contains("urn:ietf:rfc:6749")) {
            findings.add(Finding.remark("I-10", "authorization_schemes does not have urn:ietf:rfc:6749"));
        }
        if (metadata.defaultSubjects() != null && !List.of("ALL", "NONE").contains(metadata.defaultSubjects())) {
            findings.add(Finding.fault("T-03", "default_subjects is neither ALL nor NONE"));
        }
        if (metadata.jwksUri() == null || metadata.configurationEndpoint() == null) {
            return null;
        }
        keys(metadata.jwksUri());
        return metadata;
    }

    private void demanded(@Nullable URI uri, String member, String rule) {
        if (uri == null) {
            findings.add(Finding.fault(rule, member + " is absent"));
        }
    }

    private void offered(@Nullable URI uri, String member) {
        if (uri == null) {
            findings.add(Finding.remark("I-10", member + " is absent"));
        }
    }

    private void keys(URI jwksUri) {
        Reply reply = Reply.of(http.get(jwksUri, MAX_BYTES));
        if (reply.status() != 200) {
            findings.add(Finding.fault(
                    "R-08",
                    "The keys cannot be fetched: " + reply.failed("the key set").told()));
            return;
        }
        try {
            if (!(reply.object().get("keys") instanceof Collection<?> keys) || keys.isEmpty()) {
                findings.add(Finding.fault("R-08", "The document at jwks_uri has no keys"));
            } else if (keys.stream().anyMatch(key -> key instanceof Map<?, ?> map && map.containsKey("d"))) {
                findings.add(Finding.fault("T-03", "The document at jwks_uri holds a private key"));
            }
        } catch (Members.Unfit e) {
            findings.add(Finding.fault("R-08", "The document at jwks_uri is no key set"));
        }
    }

    private @Nullable String login() {
        return done(settle(authorization::header), ignored -> "there is an access token: " + authorization);
    }

    // ---- the stream

    private @Nullable StreamConfiguration create(StreamClient client, Delivery delivery) {
        StreamRequest wanted = new StreamRequest(delivery, plan.events(), plan.description());
        Answer<StreamConfiguration> answer = settle(() -> client.create(wanted));
        if (answer instanceof Answer.Taken) {
            findings.add(Finding.fault("R-43", "There is a stream already; delete it, or name it to go on with it"));
        }
        return done(
                answer,
                opened -> {
                    made = opened.streamId();
                    sameDelivery(opened, delivery);
                    events(opened);
                    if (!opened.streamId().matches("[A-Za-z0-9._~-]+")) {
                        findings.add(
                                Finding.remark("SSF 8.1.1", "stream_id has characters other than unreserved ones"));
                    }
                    // A verification may have come while the answer was on its way.
                    in().opened(opened);
                    stream = opened;
                    return summary(opened);
                },
                opened -> opened);
    }

    private @Nullable StreamConfiguration adopt(StreamClient client) {
        String id = Objects.requireNonNull(plan.streamId());
        return done(
                settle(() -> client.read(id)),
                opened -> {
                    if (opened.delivery().method() != plan.delivery()) {
                        findings.add(
                                Finding.fault("SSF 8.1.1", "The stream delivers by the other method than was chosen"));
                    }
                    in().opened(opened);
                    stream = opened;
                    return summary(opened);
                },
                opened -> opened);
    }

    private static String summary(StreamConfiguration opened) {
        return "stream " + opened.streamId() + ", "
                + opened.delivery().method().name().toLowerCase(java.util.Locale.ROOT) + ", aud "
                + String.join(" ", opened.aud()) + ", delivers "
                + (opened.eventsDelivered().isEmpty()
                        ? "nothing"
                        : String.join(
                                " ",
                                opened.eventsDelivered().stream()
                                        .map(EventNames::shortly)
                                        .toList()));
    }

    private void sameDelivery(StreamConfiguration opened, Delivery wanted) {
        Delivery got = opened.delivery();
        if (got.method() != wanted.method()) {
            findings.add(Finding.fault("I-12", "The stream delivers by another method than was asked for"));
        } else if (wanted.method() == DeliveryMethod.PUSH && !Objects.equals(got.endpointUrl(), wanted.endpointUrl())) {
            findings.add(Finding.fault("SSF 8.1.1", "delivery.endpoint_url is not the one that was asked for"));
        }
    }

    private void events(StreamConfiguration opened) {
        if (!plan.events().containsAll(opened.eventsDelivered())) {
            findings.add(Finding.fault("SSF 8.1.1", "events_delivered has types that were not asked for"));
        }
        if (!opened.eventsSupported().isEmpty() && !opened.eventsSupported().containsAll(opened.eventsDelivered())) {
            findings.add(Finding.fault("SSF 8.1.1", "events_delivered has types that are not in events_supported"));
        }
        if (opened.eventsDelivered().isEmpty()) {
            findings.add(Finding.remark("R-42", "Of the types that were asked for none will be delivered"));
        }
        if (!opened.eventsRequested().isEmpty()
                && !Set.copyOf(opened.eventsRequested()).equals(Set.copyOf(plan.events()))) {
            findings.add(Finding.remark("SSF 8.1.1", "events_requested is not what was asked for"));
        }
    }

    private @Nullable String read(StreamClient client, StreamConfiguration current) {
        return done(settle(() -> client.read(current.streamId())), read -> {
            differences(current, read, "the answer to create");
            return "as it was made";
        });
    }

    private @Nullable String list(StreamClient client, StreamConfiguration current) {
        return done(settle(client::list), all -> {
            if (all.stream().noneMatch(one -> one.streamId().equals(current.streamId()))) {
                findings.add(Finding.fault("R-44", "The stream is not in the list of this receiver's streams"));
            }
            return all.size() == 1 ? "one stream" : all.size() + " streams";
        });
    }

    /** What may never differ between two views of one stream, and what was not changed in between. */
    private void differences(StreamConfiguration before, StreamConfiguration after, String what) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("aud", Set.copyOf(before.aud()).equals(Set.copyOf(after.aud())));
        same.put(
                "delivery.method",
                before.delivery().method() == after.delivery().method());
        same.put(
                "delivery.endpoint_url",
                Objects.equals(before.delivery().endpointUrl(), after.delivery().endpointUrl()));
        same.put("events_delivered", Set.copyOf(before.eventsDelivered()).equals(Set.copyOf(after.eventsDelivered())));
        same.forEach((member, equal) -> {
            if (!equal) {
                findings.add(Finding.fault("SSF 8.1.1", member + " is not the same as in " + what));
            }
        });
    }

    private @Nullable String patch(StreamClient client, StreamConfiguration current) {
        // Not a longer form of what was there: a transmitter may cut, and the old words would pass for the new ones.
        String description = "changed: " + plan.description();
        StreamRequest change = new StreamRequest(null, null, description);
        return done(settle(() -> client.patch(current.streamId(), change)), changed -> {
            described(changed, description, "T-33");
            differences(current, changed, "the stream before a PATCH of its description");
            stream = changed;
            return "the description is changed, and nothing else";
        });
    }

    private @Nullable String put(StreamClient client, StreamConfiguration current, Delivery delivery) {
        // A poll stream's own URL goes back with it: there are transmitters that lose it otherwise.
        Delivery whole = delivery.method() == DeliveryMethod.POLL
                ? new Delivery(DeliveryMethod.POLL, current.delivery().endpointUrl(), null)
                : delivery;
        String description = "replaced: " + plan.description();
        StreamRequest wanted = new StreamRequest(whole, plan.events(), description);
        return done(settle(() -> client.replace(current.streamId(), wanted)), changed -> {
            described(changed, description, "T-34");
            differences(current, changed, "the stream before it was replaced by itself");
            events(changed);
            stream = changed;
            return "replaced by itself";
        });
    }

    private void described(StreamConfiguration changed, String description, String rule) {
        String got = changed.description();
        if (got == null || got.isEmpty() || !description.startsWith(got)) {
            findings.add(Finding.fault(rule, "The description is not the one that was asked for"));
        }
    }

    private @Nullable String status(StreamClient client, StreamConfiguration current, @Nullable StreamStatus wanted) {
        if (wanted != null) {
            Answer<StreamState> answer = settle(() -> client.status(current.streamId(), wanted));
            if (done(answer, state -> "asked for " + wanted.word()) == null) {
                return null;
            }
            answer.value().ifPresent(state -> is(state, wanted, "The answer's status"));
        }
        return done(settle(() -> client.status(current.streamId())), state -> {
            if (wanted != null) {
                is(state, wanted, "The status that is read afterwards");
            }
            return state.status().word();
        });
    }

    private void is(StreamState state, StreamStatus wanted, String what) {
        if (state.status() != wanted) {
            findings.add(Finding.fault("T-41", what + " is " + state.status().word() + ", not " + wanted.word()));
        }
    }

    private @Nullable String verify(StreamClient client, StreamConfiguration current) {
        String state = token();
        in().expects(state);
        // Whoever says how often it may be asked may answer 429 without saying when.
        Duration least = current.minVerificationInterval() == null ? Duration.ZERO : current.minVerificationInterval();
        Answer<Boolean> asked = settle(() -> client.verify(current.streamId(), state), least);
        if (done(asked, ignored -> "asked for") == null) {
            return null;
        }
        boolean came = gather(client, current, in()::isVerified);
        if (!came) {
            findings.add(Finding.fault(
                    "R-51",
                    "No verification with the state that was asked for came within " + seconds(plan.patience())));
        }
        told = came ? "the verification came, with its state" : "asked for, and it did not come";
        return told;
    }

    private @Nullable String receive(StreamClient client, StreamConfiguration current) {
        int before = in().others();
        boolean came = gather(client, current, () -> in().others() >= before + plan.expected());
        int count = in().others() - before;
        if (!came) {
            findings.add(Finding.fault(
                    "R-42", count + " of " + plan.expected() + " SETs came within " + seconds(plan.patience())));
        }
        told = count + (count == 1 ? " SET came" : " SETs came");
        return told;
    }

    private @Nullable String delete(StreamClient client, String streamId) {
        StreamConfiguration current = stream;
        if (current != null) {
            acknowledgeTheRest(client, current);
        }
        return done(settle(() -> client.delete(streamId)), ignored -> {
            made = null;
            return "the stream is gone";
        });
    }

    // ---- what comes

    /** Waits for what comes of its own accord, and fetches it where it has to be fetched. */
    private boolean gather(StreamClient client, StreamConfiguration current, BooleanSupplier enough) {
        if (plan.delivery() == DeliveryMethod.PUSH) {
            return in().await(enough, plan.patience());
        }
        long end = System.nanoTime() + plan.patience().toNanos();
        boolean more = false;
        while (!enough.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Answer<Polled> answer = poll(client, current, !plan.longPoll());
            if (answer.value().isEmpty()) {
                if (!(answer instanceof Answer.NotYet<Polled> later)) {
                    failed(answer);
                    return false;
                }
                pause(later.retryAfter());
            } else {
                more = answer.value().get().moreAvailable();
            }
            if (!enough.getAsBoolean() && !more && !plan.longPoll()) {
                pause(PACE);
            }
        }
        return true;
    }

    private Answer<Polled> poll(StreamClient client, StreamConfiguration current, boolean immediately) {
        URI endpoint = Objects.requireNonNull(current.delivery().endpointUrl());
        PollRequest request = new PollRequest(PAGE, immediately, toAcknowledge, toRefuse);
        Answer<Polled> answer = client.poll(endpoint, request, plan.patience());
        answer.value().ifPresent(polled -> {
            for (String again : polled.sets().keySet()) {
                if (acknowledged.contains(again)) {
                    in().finds(Finding.fault("T-111", "A SET came again after a poll that had acknowledged it"));
                }
            }
            acknowledged.addAll(toAcknowledge);
            toAcknowledge.clear();
            toRefuse.clear();
            polled.sets().forEach(this::take);
        });
        return answer;
    }

    private void take(String jti, String compact) {
        Verdict verdict = in().take(compact, jti);
        if (verdict instanceof Verdict.Accepted) {
            toAcknowledge.add(jti);
        } else if (verdict instanceof Verdict.Refused refused) {
            toRefuse.put(jti, refused);
        }
    }

    /** Nothing that was taken may be left without its acknowledgement when the stream ends. */
    private void acknowledgeTheRest(StreamClient client, StreamConfiguration current) {
        if (plan.delivery() == DeliveryMethod.PUSH) {
            return;
        }
        for (int i = 0; i < LAST_POLLS && !(toAcknowledge.isEmpty() && toRefuse.isEmpty()); i++) {
            Answer<Polled> answer = poll(client, current, true);
            if (answer.value().isEmpty()) {
                failed(answer);
                return;
            }
        }
    }

    // ---- how it is told

    private String told = "";

    private interface Step<T> {
        @Nullable
        T take();
    }

    private <T> @Nullable T step(LifeStep step, Step<T> what) {
        told = "";
        T result = what.take();
        report(step, told);
        return result;
    }

    private void report(LifeStep step, String what) {
        if (inbox != null) {
            LifeInbox.Taken taken = inbox.drain();
            findings.addAll(taken.loose());
            for (ReceivedSet set : taken.sets()) {
                findings.addAll(set.findings());
                received.accept(set);
            }
        }
        StepReport report = new StepReport(step, what, new ArrayList<>(new LinkedHashSet<>(findings)));
        findings.clear();
        reports.add(report);
        listener.accept(report);
    }

    private <T> @Nullable String done(Answer<T> answer, java.util.function.Function<T, String> tell) {
        return done(answer, tell, ignored -> told);
    }

    private <T, R> @Nullable R done(
            Answer<T> answer, java.util.function.Function<T, String> tell, java.util.function.Function<T, R> result) {
        if (answer.value().isEmpty()) {
            failed(answer);
            told = answer.told();
            return null;
        }
        told = tell.apply(answer.value().get());
        return result.apply(answer.value().get());
    }

    private void failed(Answer<?> answer) {
        if (answer instanceof Answer.Malformed<?> malformed) {
            findings.add(Finding.fault(malformed.rule(), malformed.why()));
        } else if (!(answer instanceof Answer.Taken)) {
            findings.add(Finding.fault("SSF 8.1", answer.told()));
        }
    }

    /** Asks until it is decided or until it may be asked, for as long as patience lasts. */
    private <T> Answer<T> settle(Supplier<Answer<T>> call) {
        return settle(call, Duration.ZERO);
    }

    private <T> Answer<T> settle(Supplier<Answer<T>> call, Duration least) {
        long end = System.nanoTime() + plan.patience().plus(least).toNanos();
        while (true) {
            Answer<T> answer = call.get();
            Duration wait;
            if (answer instanceof Answer.Pending) {
                findings.add(Finding.note("R-45", "Accepted, and done when it was asked for again"));
                wait = PACE;
            } else if (answer instanceof Answer.NotYet<T> later) {
                findings.add(Finding.remark("R-49", "Had to wait: " + later.told()));
                wait = later.retryAfter().compareTo(least) < 0 ? least : later.retryAfter();
            } else {
                return answer;
            }
            if (System.nanoTime() + wait.toNanos() - end > 0) {
                return answer;
            }
            pause(wait);
        }
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + " s";
    }

    private LifeInbox in() {
        return Objects.requireNonNull(inbox);
    }

    private static URI jwks(TransmitterMetadata metadata) {
        return Objects.requireNonNull(metadata.jwksUri());
    }

    /** 128 bits that nobody can guess. */
    private String token() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
