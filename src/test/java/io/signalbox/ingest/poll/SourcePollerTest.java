package io.signalbox.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceBench;
import io.signalbox.ingest.SourceReports;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.RawSet;
import io.signalbox.set.SetError;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.testing.InMemoryLeases;
import io.signalbox.testing.InMemorySourceBook;
import io.signalbox.testing.LoggedIn;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.PollingTransmitter;
import io.signalbox.testing.RecordingTarget.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One source, polled turn by turn over real HTTP; time stands still unless a test moves it. What a SET is worth is said
 * by its text: {@code good <subject>}, {@code bad <code>}, {@code later <seconds>}.
 */
class SourcePollerTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final MovableClock clock = new MovableClock();
    private final PollingTransmitter transmitter = new PollingTransmitter();
    private final LoopbackHttp http = new LoopbackHttp();
    private final ExecutorService keepers = Executors.newFixedThreadPool(8);
    private final InMemoryLeases leases = new InMemoryLeases();
    private final InMemorySourceBook book = new InMemorySourceBook();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final SourceReports reports = SourceBench.reports(book, clock, meters);
    private final Flow flow = new Flow();
    private volatile @Nullable String shut;
    private LoggedIn kept = new LoggedIn();

    @AfterEach
    void close() {
        transmitter.close();
        http.close();
        keepers.shutdownNow();
    }

    /** Stands for everything behind the poller. */
    private static final class Flow implements Intake {

        private final List<String> kept = new CopyOnWriteArrayList<>();
        private final Set<String> failing = ConcurrentHashMap.newKeySet();

        @Override
        public Verdict verify(RawSet set) {
            List<String> words = List.of(set.compact().split(" "));
            return switch (words.get(0)) {
                case "bad" -> new Verdict.Refused(SetError.valueOf(words.get(1)), "It is bad");
                case "later" ->
                    new Verdict.Undecided(
                            "The issuer's keys cannot be fetched", Duration.ofSeconds(Long.parseLong(words.get(1))));
                default ->
                    new Verdict.Accepted(new VerifiedSet(
                            SourceBench.TRANSMITTER,
                            words.get(1),
                            set.receivedAt().minusMillis(1500),
                            List.of("us"),
                            null,
                            null,
                            new SubjectIdentifier("email", Map.of("email", words.get(2))),
                            Map.of(),
                            set.compact(),
                            set.receivedAt()));
            };
        }

        @Override
        public void keep(Verdict.Accepted accepted) {
            if (failing.contains(accepted.set().jti()) || failing.contains("all")) {
                throw new IllegalStateException("made to fail");
            }
            kept.add(accepted.set().jti());
        }
    }

    private SourcePoller poller(String... keys) {
        return pollerOf("node-a", keys);
    }

    private SourcePoller pollerOf(String node, String... keys) {
        return pollerOf(node, http, keys);
    }

    private SourcePoller pollerOf(String node, GuardedHttp client, String... keys) {
        Map<String, String> all = new TreeMap<>();
        all.put("delivery", "poll");
        if (!kept.keeps("idp")) {
            all.put("poll-uri", transmitter.url());
        }
        for (int i = 0; i < keys.length; i += 2) {
            all.put(keys[i], keys[i + 1]);
        }
        Source source = new SourceBench(all, kept).source();
        Polling polling = Objects.requireNonNull(source.polling());
        return new SourcePoller(
                source,
                polling,
                new PollClient(source.name(), polling, kept, client, clock),
                new SourceLease(leases, source.name(), node + "/1", LEASE, clock),
                new SourcePoller.Tools(
                        node, flow, () -> shut, reports, keepers, clock, new SimpleMeterRegistry(), () -> 0.5));
    }

    private void offer(String jti) {
        transmitter.offer(jti, "good " + jti + " alice@acme.example");
    }

    private Poll standing() {
        reports.write();
        return Objects.requireNonNull(book.get("idp").poll());
    }

    /** */
    @Test
    void acknowledgesWithTheNextPollWhatWasKept() {
        offer("a");
        offer("b");
        SourcePoller poller = poller();

        assertThat(poller.turn()).isZero();
        assertThat(flow.kept).containsExactly("a", "b");
        assertThat(transmitter.acknowledged()).isEmpty();

        assertThat(poller.turn()).isEqualTo(INTERVAL);
        assertThat(transmitter.acknowledged()).containsExactly("a", "b");
        assertThat(poller.turn()).isEqualTo(INTERVAL);
        assertThat(transmitter.acknowledged()).containsExactly("a", "b");
        assertThat(standing().state()).isEqualTo("up");
        assertThat(standing().polledAt()).isEqualTo(MovableClock.START);
        assertThat(book.get("idp").taken()).isEqualTo(2);
        assertThat(book.get("idp").lag()).isEqualTo(Duration.ofMillis(1500));
    }

    /** */
    @Test
    void asksAsTheRfcWantsIt() {
        SourcePoller poller =
                poller("max-events", "7", "return-immediately", "true", "poll-authorization-env", "POLL_TOKEN");
        poller.turn();

        PollingTransmitter.Poll poll = transmitter.last();
        assertThat(poll.headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Accept", "application/json")
                .containsEntry("Authorization", "Bearer poll-secret")
                .doesNotContainKey("Content-Language");
        assertThat(poll.body().toString()).isEqualTo("{\"maxEvents\":7,\"returnImmediately\":true}");
    }

    @Test
    void whatIsThereIsFetchedWithoutAPause() {
        for (int i = 0; i < 25; i++) {
            offer("set-" + i);
        }
        SourcePoller poller = poller("max-events", "10");

        assertThat(List.of(poller.turn(), poller.turn(), poller.turn()))
                .allSatisfy(pause -> assertThat(pause).isZero());
        assertThat(flow.kept).hasSize(25);
        assertThat(poller.turn()).isEqualTo(INTERVAL);
        assertThat(transmitter.left()).isZero();
        assertThat(transmitter.polls()).hasSize(4);
    }

    /** */
    @Test
    void reportsWhatIsRefusedAndAcknowledgesTheRest() {
        transmitter.offer("forged", "bad INVALID_KEY");
        offer("good");
        transmitter.offer("foreign", "bad INVALID_AUDIENCE");
        SourcePoller poller = poller();

        poller.turn();
        assertThat(poller.turn()).isEqualTo(INTERVAL);

        assertThat(transmitter.errors())
                .containsOnly(Map.entry("forged", "invalid_key"), Map.entry("foreign", "invalid_audience"));
        assertThat(transmitter.acknowledged()).containsExactly("good");
        assertThat(transmitter.last().headers()).containsEntry("Content-Language", "en");
        assertThat(transmitter
                        .last()
                        .body()
                        .path("setErrs")
                        .path("forged")
                        .path("description")
                        .asText())
                .isEqualTo("It is bad");
        assertThat(standing().state()).isEqualTo("up");
        assertThat(book.get("idp").refusals()).containsOnlyKeys("invalid_key", "invalid_audience");
        assertThat(meters.counter("signalbox.source.sets", "source", "idp", "verdict", "refused", "code", "invalid_key")
                        .count())
                .isEqualTo(1);
    }

    /** */
    @Test
    void aSetUnderAnotherNameThanItsJtiIsRefusedUnderThatName() {
        transmitter.offer("name", "good other alice@acme.example");
        transmitter.offer("number", 7);
        SourcePoller poller = poller();

        poller.turn();
        poller.turn();

        assertThat(transmitter.errors())
                .containsOnly(Map.entry("name", "invalid_request"), Map.entry("number", "invalid_request"));
        assertThat(flow.kept).isEmpty();
    }

    /** Ours: what was not kept is not spoken of, and comes again. */
    @Test
    void whatCannotBeKeptIsLeftWithTheTransmitter() {
        offer("a");
        flow.failing.add("all");
        SourcePoller poller = poller();

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(standing().state()).isEqualTo("shut");
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(2));
        assertThat(transmitter.acknowledged()).isEmpty();
        assertThat(transmitter.errors()).isEmpty();

        flow.failing.clear();
        assertThat(poller.turn()).isZero();
        poller.turn();
        assertThat(flow.kept).containsExactly("a");
        assertThat(transmitter.acknowledged()).containsExactly("a");
        assertThat(standing().state()).isEqualTo("up");
    }

    @Test
    void whatWasKeptBesideWhatCouldNotBeIsAcknowledged() {
        offer("a");
        transmitter.offer("b", "good b bob@acme.example");
        flow.failing.add("b");
        SourcePoller poller = poller();

        poller.turn();
        flow.failing.clear();
        poller.turn();

        assertThat(transmitter.acknowledged()).doesNotContain("b");
        assertThat(flow.kept).contains("a", "b");
        poller.turn();
        assertThat(transmitter.acknowledged()).contains("a", "b");
        assertThat(transmitter.left()).isZero();
    }

    /** Invariant I-4: what follows something of the same subject that was not kept is not kept before it. */
    @Test
    void setsOfOneSubjectAreKeptInTheirOrder() {
        for (int i = 0; i < 40; i++) {
            transmitter.offer("set-" + i, "good set-" + i + " user" + i % 4 + "@acme.example");
        }
        flow.failing.add("set-20");
        poller().turn();

        for (int user = 0; user < 4; user++) {
            int number = user;
            List<Integer> order = flow.kept.stream()
                    .map(jti -> Integer.parseInt(jti.substring(4)))
                    .filter(i -> i % 4 == number)
                    .toList();
            assertThat(order).isSorted();
            assertThat(number != 0 || order.stream().allMatch(i -> i < 20)).isTrue();
        }
    }

    /** Not yet: neither acknowledged nor refused, and no reason to hold up the others. */
    @Test
    void whatCannotBeJudgedNowComesAgain() {
        transmitter.offer("a", "later 30");
        offer("b");
        SourcePoller poller = poller();

        assertThat(poller.turn()).isZero();
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(30));
        assertThat(transmitter.acknowledged()).containsExactly("b");
        assertThat(transmitter.errors()).isEmpty();
        assertThat(standing().state()).isEqualTo("faulty");
        assertThat(standing().fault()).contains("The issuer's keys cannot be fetched");

        offer("a");
        poller.turn();
        poller.turn();
        assertThat(transmitter.acknowledged()).containsExactly("b", "a");
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Answer(401), "faulty", "ssf.read", 1),
                Arguments.of(new Answer(403), "faulty", "credentials", 1),
                Arguments.of(new Answer(404), "faulty", "404", 1),
                Arguments.of(new Answer(500), "faulty", "500", 1),
                Arguments.of(new Answer(400), "faulty", "400", 1),
                Arguments.of(new Answer(202), "faulty", "202", 1),
                Arguments.of(new Answer(302, Map.of("Location", "/elsewhere"), ""), "faulty", "redirects", 1),
                Arguments.of(new Answer(503, Map.of("Retry-After", "120"), ""), "faulty", "503", 120),
                Arguments.of(new Answer(503, Map.of("Retry-After", "0"), ""), "faulty", "503", 1),
                Arguments.of(new Answer(503, Map.of("Retry-After", "soon"), ""), "faulty", "503", 1),
                Arguments.of(new Answer(503, Map.of("Retry-After", "999999999"), ""), "faulty", "503", 300),
                Arguments.of(new Answer(429, Map.of("Retry-After", "60"), ""), "throttled", "429", 60),
                Arguments.of(
                        new Answer(429, Map.of("Retry-After", "Sun, 22 Nov 2026 10:01:40 GMT"), ""),
                        "throttled",
                        "429",
                        100),
                Arguments.of(new Answer(429), "throttled", "429", 1),
                Arguments.of(new Answer(200), "faulty", "without an object", 1),
                Arguments.of(new Answer(200, Map.of(), "<html>"), "faulty", "no JSON", 1),
                Arguments.of(new Answer(200, Map.of(), "{\"sets\":{}} {}"), "faulty", "no JSON", 1),
                Arguments.of(new Answer(200, Map.of(), "{\"sets\":{\"a\":\"x\",\"a\":\"y\"}}"), "faulty", "no JSON", 1),
                Arguments.of(new Answer(200, Map.of(), "{}"), "faulty", "without an object", 1),
                Arguments.of(new Answer(200, Map.of(), "{\"sets\":[]}"), "faulty", "without an object", 1),
                Arguments.of(
                        new Answer(200, Map.of(), "{\"sets\":{},\"moreAvailable\":\"yes\"}"),
                        "faulty",
                        "moreAvailable",
                        1));
    }

    /** */
    @ParameterizedTest
    @MethodSource("failures")
    void aPollThatFailsIsShownAndRepeatedAfterAPause(Answer answer, String state, String fault, int seconds) {
        transmitter.answer(answer);
        SourcePoller poller = poller();

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(transmitter.polls()).hasSize(1);
        assertThat(standing().state()).isEqualTo(state);
        assertThat(standing().fault()).contains(fault).doesNotContain("poll-secret");
        assertThat(standing().polledAt()).isNull();

        offer("a");
        assertThat(poller.turn()).isZero();
        assertThat(standing().state()).isEqualTo("up");
        assertThat(standing().fault()).isNull();
    }

    @Test
    void pausesGrowUntilAPollSucceeds() {
        transmitter.answer(Stream.generate(() -> new Answer(500)).limit(12).toArray(Answer[]::new));
        SourcePoller poller = poller("poll-longest-back-off", "10s");

        assertThat(Stream.generate(poller::turn).limit(6).map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
        for (int i = 0; i < 6; i++) {
            poller.turn();
        }
        assertThat(poller.turn()).isEqualTo(INTERVAL);
        transmitter.answer(new Answer(500));
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whoCannotBeReachedIsShownToo() {
        SourcePoller poller = poller();
        transmitter.close();

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(standing().fault()).startsWith("The poll endpoint cannot be reached");
    }

    /** As with a token that the transmitter's authorization server withdrew before its time. */
    @Test
    void aTokenThatIsNotAcceptedIsReplacedByAnother() {
        kept = new LoggedIn("idp").at(transmitter.url());
        transmitter.demand("Bearer token-2");
        offer("a");
        SourcePoller poller = poller();

        assertThat(poller.turn()).isPositive();
        assertThat(standing().fault()).contains("401").doesNotContain("token-1");
        assertThat(kept.refused()).containsExactly("Bearer token-1");

        assertThat(poller.turn()).isZero();
        assertThat(flow.kept).containsExactly("a");
    }

    @Test
    void whatKeepsUsFromLoggingInIsShownAndTriedAgain() {
        kept = new LoggedIn("idp").at(transmitter.url());
        kept.shut(new KeptStreams.Access.Shut("No access token is to be had: answered 503", Duration.ofSeconds(7)));
        SourcePoller poller = poller();

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(7));
        assertThat(standing().fault()).contains("No access token is to be had");
        assertThat(transmitter.polls()).isEmpty();

        kept.shut(null);
        offer("a");
        assertThat(poller.turn()).isZero();
        assertThat(flow.kept).containsExactly("a");
    }

    @Test
    void receiptsThatWereNotHeardAreSentAgain() {
        offer("a");
        SourcePoller poller = poller();
        poller.turn();
        transmitter.answer(new Answer(500), new Answer(503));

        poller.turn();
        poller.turn();
        assertThat(transmitter.acknowledged()).isEmpty();
        poller.turn();

        assertThat(transmitter.acknowledged()).containsExactly("a");
        assertThat(flow.kept).containsExactly("a");
    }

    /** It may object to a receipt for what it has forgotten, and would for ever. */
    @Test
    void receiptsThatAreObjectedToAreGivenUp() {
        offer("a");
        SourcePoller poller = poller();
        poller.turn();
        transmitter.answer(new Answer(400));
        poller.turn();

        poller.turn();
        poller.turn();

        assertThat(flow.kept).containsExactly("a", "a");
        assertThat(transmitter.acknowledged()).containsExactly("a");
    }

    /** A transmitter that never listens must not be asked as fast as both can. */
    @Test
    void setsThatComeAgainAndAgainSlowThePollsDown() {
        offer("a");
        transmitter.hearsNoReceipts(true);
        SourcePoller poller = poller();
        poller.turn();

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(2));
        assertThat(standing().fault()).contains("gives SETs again");

        offer("b");
        assertThat(poller.turn()).isZero();
        transmitter.hearsNoReceipts(false);
        poller.turn();
        assertThat(transmitter.left()).isZero();
    }

    @Test
    void anAnswerThatIsTooLongIsAskedForInParts() {
        for (int i = 0; i < 8; i++) {
            transmitter.offer("set-" + i, "good set-" + i + " " + "x".repeat(20_000) + "@acme.example");
        }
        SourcePoller poller = poller("max-events", "8", "max-response-size", "64KB");

        for (int i = 0; i < 20 && transmitter.left() > 0; i++) {
            assertThat(poller.turn()).isLessThanOrEqualTo(INTERVAL);
        }

        assertThat(flow.kept).hasSize(8);
        assertThat(standing().state()).isEqualTo("up");
    }

    @Test
    void oneSetThatIsTooLongAloneIsAFault() {
        transmitter.offer("a", "x".repeat(70_000));
        SourcePoller poller = poller("max-events", "2", "max-response-size", "64KB");

        assertThat(poller.turn()).isZero();
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(standing().fault()).contains("one SET is longer than 65536 bytes");
    }

    /** Long polling: it was the transmitter who waited. */
    @Test
    void aPollThatWaitedIsFollowedByTheNextAtOnce() {
        assertThat(answeredAfter(Duration.ofSeconds(30)).turn()).isZero();
        assertThat(answeredAfter(Duration.ofSeconds(2)).turn()).isEqualTo(Duration.ofSeconds(3));
    }

    private SourcePoller answeredAfter(Duration time) {
        return pollerOf("node-a", request -> {
            clock.forward(time);
            return http.exchange(request);
        });
    }

    /** Back-pressure: nothing is fetched that could not be kept, and it goes on unaided. */
    @Test
    void nothingIsFetchedWhileTheDoorIsShut() {
        offer("a");
        SourcePoller poller = poller();
        shut = "too much waits";
        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(transmitter.polls()).isEmpty();

        shut = null;
        poller.turn();
        shut = "too much waits";
        poller.turn();
        // What was kept is told before the source is left to others.
        assertThat(transmitter.acknowledged()).containsExactly("a");
        assertThat(standing().state()).isEqualTo("shut");
        assertThat(standing().fault()).isEqualTo("No SETs are taken: too much waits");
        int polls = transmitter.polls().size();
        poller.turn();
        assertThat(transmitter.polls()).hasSize(polls);

        offer("b");
        shut = null;
        assertThat(poller.turn()).isZero();
        assertThat(flow.kept).containsExactly("a", "b");
        assertThat(standing().state()).isEqualTo("up");
    }

    @Test
    void nothingIsFetchedWhileTheLedgerDoesNotSayWhoPolls() {
        offer("a");
        SourcePoller poller = poller();
        leases.away(true);

        assertThat(poller.turn()).isEqualTo(Duration.ofSeconds(1));
        assertThat(transmitter.polls()).isEmpty();

        leases.away(false);
        poller.turn();
        assertThat(flow.kept).containsExactly("a");
    }

    /** */
    @Test
    void oneNodePollsAndAnotherTakesOverWhenItIsGone() {
        SourcePoller first = poller();
        SourcePoller second = pollerOf("node-b");
        first.turn();

        assertThat(second.turn()).isEqualTo(Duration.ofSeconds(10));
        assertThat(transmitter.polls()).hasSize(1);
        clock.forward(Duration.ofSeconds(20));
        first.lease().renew();
        clock.forward(Duration.ofSeconds(20));
        second.turn();
        assertThat(transmitter.polls()).hasSize(1);
        assertThat(standing().node()).isEqualTo("node-a");

        // It is killed: nothing renews its lease.
        clock.forward(Duration.ofSeconds(11));
        second.turn();
        assertThat(transmitter.polls()).hasSize(2);
        assertThat(standing().node()).isEqualTo("node-b");
        assertThat(standing().fence()).isEqualTo(2);
        assertThat(first.turn()).isEqualTo(Duration.ofSeconds(10));
        assertThat(transmitter.polls()).hasSize(2);
    }

    @Test
    void aNodeThatStopsLeavesTheSourceAtOnceAndSaysWhatItKept() {
        offer("a");
        SourcePoller first = poller();
        SourcePoller second = pollerOf("node-b");
        first.turn();

        first.say();
        first.lease().release();
        second.turn();

        assertThat(transmitter.acknowledged()).containsExactly("a");
        assertThat(transmitter.polls().get(1).body().toString())
                .isEqualTo("{\"maxEvents\":0,\"returnImmediately\":true,\"ack\":[\"a\"]}");
        assertThat(flow.kept).containsExactly("a");
        assertThat(standing().node()).isEqualTo("node-b");
    }

    /** Invariant I-1: killed between keeping and telling, it comes again and is told then. */
    @Test
    void whatWasKeptByANodeThatWasKilledComesAgainAndIsAcknowledged() {
        offer("a");
        poller().turn();
        clock.forward(LEASE);

        SourcePoller next = pollerOf("node-b");
        next.turn();
        next.turn();

        // The ledger knows it by iss and jti, and decides it once.
        assertThat(flow.kept).containsExactly("a", "a");
        assertThat(transmitter.acknowledged()).containsExactly("a");
    }
}
