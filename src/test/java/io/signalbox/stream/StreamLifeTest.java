package io.signalbox.stream;

import static io.signalbox.testing.StreamTransmitter.Quirk.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.stream.Finding.Level;
import io.signalbox.testing.StreamTransmitter;
import io.signalbox.testing.StreamTransmitter.Quirk;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whole lives at a transmitter that takes nothing but what the text has, and at ones that misbehave in one way each. */
class StreamLifeTest {

    private static final List<LifeStep> LONG = List.of(
            LifeStep.CREATE,
            LifeStep.READ,
            LifeStep.LIST,
            LifeStep.PATCH,
            LifeStep.PUT,
            LifeStep.STATUS,
            LifeStep.PAUSE,
            LifeStep.ENABLE,
            LifeStep.ADD_SUBJECT,
            LifeStep.REMOVE_SUBJECT,
            LifeStep.VERIFY,
            LifeStep.DELETE);

    /** Most of a life at a transmitter that misbehaves is waiting for what never comes: so they wait side by side. */
    private static final ExecutorService LIVES = Executors.newFixedThreadPool(12);

    @AfterAll
    static void end() {
        LIVES.shutdownNow();
    }

    private static <C> Stream<DynamicTest> sideBySide(Stream<C> cases, Function<C, String> name, Consumer<C> test) {
        Map<C, Future<?>> begun = new LinkedHashMap<>();
        cases.forEach(each -> begun.put(each, LIVES.submit(() -> test.accept(each))));
        return begun.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(name.apply(each.getKey()), () -> {
                    try {
                        Object ignored = each.getValue().get();
                    } catch (ExecutionException e) {
                        throw e.getCause();
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> aGoodTransmitterIsFoundGoodAndFindsUsGood() {
        return sideBySide(Stream.of(DeliveryMethod.values()), DeliveryMethod::name, delivery -> {
            try (Life life = new Life()) {
                List<StepReport> steps = life.run(delivery, LONG, Duration.ofSeconds(20));

                assertThat(steps)
                        .extracting(StepReport::step)
                        .hasSize(LONG.size() + 2)
                        .endsWith(LifeStep.DELETE);
                assertThat(steps).allSatisfy(step -> assertThat(step.findings()).isEmpty());
                assertThat(life.sets).singleElement().satisfies(set -> {
                    assertThat(set.types()).containsExactly("verification");
                    assertThat(set.accepted()).isTrue();
                });
                assertThat(life.transmitter.faults()).isEmpty();
                assertThat(life.transmitter.streamIds()).isEmpty();
            }
        });
    }

    @Test
    void waitsForTheEventsThatItWasToldToWaitFor() {
        try (Life life = new Life()) {
            List<LifeStep> steps = List.of(LifeStep.CREATE, LifeStep.RECEIVE, LifeStep.DELETE);
            LifePlan plan = life.plan(DeliveryMethod.POLL, steps, Duration.ofSeconds(20));

            List<StepReport> reports = new StreamLife(
                            life.http,
                            life.login(),
                            Clock.systemUTC(),
                            plan,
                            null,
                            step -> {
                                if (step.step() == LifeStep.CREATE) {
                                    life.transmitter.happens("session-revoked");
                                }
                            },
                            life.sets::add)
                    .run();

            assertThat(reports).allMatch(StepReport::good);
            assertThat(life.sets).singleElement().satisfies(set -> {
                assertThat(set.types()).containsExactly("session-revoked");
                assertThat(set.findings()).extracting(Finding::rule).containsExactly("I-40");
            });
            assertThat(life.transmitter.faults()).isEmpty();
        }
    }

    @Test
    void goesOnWithAStreamThatIsThereAndLeavesIt() {
        try (Life life = new Life()) {
            String id = life.transmitter.makeStream("by hand", EventNames.uri("session-revoked"));
            LifePlan plan = new LifePlan(
                    life.transmitter.issuer(),
                    WellKnown.SSF,
                    DeliveryMethod.POLL,
                    List.of(EventNames.uri("session-revoked")),
                    List.of(LifeStep.VERIFY),
                    id,
                    "unused",
                    null,
                    1,
                    false,
                    Duration.ofSeconds(20));

            List<StepReport> reports = new StreamLife(
                            life.http, life.login(), Clock.systemUTC(), plan, null, step -> {}, life.sets::add)
                    .run();

            assertThat(reports)
                    .extracting(StepReport::step)
                    .containsExactly(LifeStep.DISCOVER, LifeStep.LOGIN, LifeStep.READ, LifeStep.VERIFY);
            assertThat(reports).allMatch(StepReport::good);
            assertThat(life.transmitter.streamIds()).containsExactly(id);
            assertThat(life.transmitter.faults()).isEmpty();
        }
    }

    /** What is done, and the rule by which something is found then. */
    private record Case(Quirk quirk, DeliveryMethod delivery, LifeStep step, String rule) {
        @Override
        public String toString() {
            return quirk + " by " + delivery + ": " + rule + " at " + step;
        }
    }

    private static Stream<Case> misbehaviours() {
        DeliveryMethod poll = DeliveryMethod.POLL;
        DeliveryMethod push = DeliveryMethod.PUSH;
        return Stream.of(
                bad(NAMES_ANOTHER_ISSUER, poll, LifeStep.DISCOVER, "R-04"),
                bad(METADATA_AS_TEXT, poll, LifeStep.DISCOVER, "R-03"),
                bad(METADATA_LACK_THE_CONFIGURATION_ENDPOINT, poll, LifeStep.DISCOVER, "I-10"),
                bad(METADATA_LACK_THE_KEYS, poll, LifeStep.DISCOVER, "R-08, I-10"),
                bad(METADATA_LACK_THE_METHOD, push, LifeStep.DISCOVER, "I-12"),
                bad(KEYS_ARE_GONE, poll, LifeStep.DISCOVER, "R-08"),
                bad(TOKEN_OF_ANOTHER_TYPE, poll, LifeStep.LOGIN, "RFC 6749, section 5.1"),
                bad(CREATES_WITH_200, poll, LifeStep.CREATE, "SSF 8.1"),
                bad(CREATES_BY_REDIRECT, poll, LifeStep.CREATE, "J-19"),
                bad(CREATES_FOR_ANOTHER_ISSUER, poll, LifeStep.CREATE, "R-41"),
                bad(CREATES_WITHOUT_AN_ID, poll, LifeStep.CREATE, "SSF 8.1.1"),
                bad(CREATES_WITHOUT_AN_AUDIENCE, poll, LifeStep.CREATE, "SSF 8.1.1"),
                bad(CREATES_THE_OTHER_METHOD, push, LifeStep.CREATE, "I-12"),
                bad(CREATES_ANOTHER_PUSH_URL, push, LifeStep.CREATE, "SSF 8.1.1"),
                bad(DELIVERS_WHAT_WAS_NOT_ASKED_FOR, poll, LifeStep.CREATE, "SSF 8.1.1"),
                bad(ALLOWS_NO_STREAM, poll, LifeStep.CREATE, "R-43"),
                bad(READS_ANOTHER_AUDIENCE, poll, LifeStep.READ, "SSF 8.1.1"),
                bad(LISTS_NOTHING, poll, LifeStep.LIST, "R-44"),
                bad(IGNORES_A_PATCH, poll, LifeStep.PATCH, "T-33"),
                bad(PATCHES_MORE_THAN_WAS_ASKED, poll, LifeStep.PATCH, "SSF 8.1.1"),
                bad(IGNORES_A_PUT, poll, LifeStep.PUT, "T-34"),
                bad(HAS_A_STATUS_OF_ITS_OWN, poll, LifeStep.STATUS, "SSF 8.1.2"),
                bad(TELLS_ANOTHER_STREAMS_STATUS, poll, LifeStep.STATUS, "SSF 8.1.2"),
                bad(IGNORES_A_PAUSE, poll, LifeStep.PAUSE, "T-41"),
                bad(VERIFIES_WITH_200, poll, LifeStep.VERIFY, "SSF 8.1"),
                bad(SENDS_NO_VERIFICATION, poll, LifeStep.VERIFY, "R-51"),
                bad(SENDS_NO_VERIFICATION, push, LifeStep.VERIFY, "R-51"),
                bad(SENDS_ANOTHER_STATE, poll, LifeStep.VERIFY, "R-52"),
                bad(SENDS_ANOTHER_STATE, push, LifeStep.VERIFY, "R-52"),
                bad(SENDS_ANOTHER_SUBJECT, poll, LifeStep.VERIFY, "T-72"),
                bad(SENDS_NO_SUB_ID, push, LifeStep.VERIFY, "T-90"),
                bad(SENDS_A_SUB, poll, LifeStep.VERIFY, "RFC 8417, section 2.2; SSF 4.1"),
                bad(SENDS_AN_EXP, push, LifeStep.VERIFY, "RFC 8417, section 2.2; SSF 4.1"),
                bad(SENDS_TYP_JWT, poll, LifeStep.VERIFY, "RFC 8417, section 2.2; SSF 4.1"),
                bad(SENDS_WITH_ANOTHER_KEY, push, LifeStep.VERIFY, "S-10"),
                bad(SENDS_TO_ANOTHER_AUDIENCE, poll, LifeStep.VERIFY, "J-11"),
                bad(SENDS_TO_ANOTHER_AUDIENCE, push, LifeStep.VERIFY, "J-11"),
                bad(SENDS_FROM_ANOTHER_ISSUER, poll, LifeStep.VERIFY, "J-14"),
                bad(SENDS_WHAT_WAS_NOT_ASKED_FOR, poll, LifeStep.VERIFY, "T-92"),
                bad(PUSHES_WITHOUT_AUTHORIZATION, push, LifeStep.VERIFY, "T-100"),
                bad(PUSHES_ANOTHER_TYPE, push, LifeStep.VERIFY, "T-100"),
                bad(POLLS_WITHOUT_SETS, poll, LifeStep.VERIFY, "R-22"),
                bad(POLLS_UNDER_ANOTHER_JTI, poll, LifeStep.VERIFY, "R-22, J-25"),
                bad(IGNORES_ACKNOWLEDGEMENTS, poll, LifeStep.DELETE, "T-111"),
                bad(DELETES_WITH_200, poll, LifeStep.DELETE, "SSF 8.1"));
    }

    private static Case bad(Quirk quirk, DeliveryMethod delivery, LifeStep step, String rule) {
        return new Case(quirk, delivery, step, rule);
    }

    @TestFactory
    Stream<DynamicTest> findsTheOneFaultOfATransmitter() {
        return sideBySide(misbehaviours(), Case::toString, bad -> {
            try (Life life = new Life(bad.quirk())) {
                List<StepReport> steps = life.run(bad.delivery(), LONG, Duration.ofSeconds(4));

                assertThat(faults(steps)).contains(Map.entry(bad.step(), bad.rule()));
                assertThat(steps.stream().filter(report -> !report.good()).findFirst())
                        .get()
                        .extracting(StepReport::step)
                        .isEqualTo(bad.step());
                if (!List.of(CREATES_WITHOUT_AN_ID, CREATES_WITHOUT_AN_AUDIENCE, CREATES_WITH_200)
                        .contains(bad.quirk())) {
                    // Where it could know what it had made, nothing of it is left.
                    assertThat(life.transmitter.streamIds()).isEmpty();
                }
            }
        });
    }

    private static List<Map.Entry<LifeStep, String>> faults(List<StepReport> steps) {
        return steps.stream()
                .flatMap(step -> step.findings().stream()
                        .filter(finding -> finding.level() == Level.FAULT)
                        .map(finding -> Map.entry(step.step(), finding.rule())))
                .toList();
    }

    private static Stream<Case> liberties() {
        DeliveryMethod poll = DeliveryMethod.POLL;
        DeliveryMethod push = DeliveryMethod.PUSH;
        return Stream.of(
                bad(METADATA_LACK_THE_VERSION, poll, LifeStep.DISCOVER, "R-07"),
                bad(LISTS_AN_OBJECT, poll, LifeStep.LIST, "R-44"),
                bad(DECIDES_LATER, poll, LifeStep.PATCH, "R-45"),
                bad(ASKS_FOR_PATIENCE, poll, LifeStep.VERIFY, "R-49"),
                bad(VERIFIES_UNASKED, poll, LifeStep.VERIFY, "R-53"),
                bad(VERIFIES_UNASKED, push, LifeStep.VERIFY, "R-53"),
                bad(PUSHES_EVERYTHING_TWICE, push, LifeStep.VERIFY, "R-30"));
    }

    /** What a text leaves open, or what happens on the way, makes no transmitter bad. */
    @TestFactory
    Stream<DynamicTest> putsUpWithWhatIsAllowed() {
        return sideBySide(liberties(), Case::toString, liberty -> {
            try (Life life = new Life(liberty.quirk())) {
                List<StepReport> steps = life.run(liberty.delivery(), LONG, Duration.ofSeconds(20));

                assertThat(steps).last().extracting(StepReport::step).isEqualTo(LifeStep.DELETE);
                assertThat(faults(steps)).isEmpty();
                assertThat(steps)
                        .flatExtracting(StepReport::findings)
                        .extracting(Finding::rule)
                        .contains(liberty.rule());
                assertThat(life.transmitter.faults()).isEmpty();
                assertThat(life.transmitter.streamIds()).isEmpty();
            }
        });
    }

    /** One transmitter with its quirks, and us. */
    private static final class Life implements AutoCloseable {

        private final LoopbackHttp http = new LoopbackHttp();
        private final List<ReceivedSet> sets = new ArrayList<>();
        private final StreamTransmitter transmitter;

        private Life(Quirk... quirks) {
            transmitter = StreamTransmitter.start(quirks);
        }

        private List<StepReport> run(DeliveryMethod delivery, List<LifeStep> steps, Duration patience) {
            PushPlace place = delivery == DeliveryMethod.PUSH
                    ? new PushPlace(new InetSocketAddress("127.0.0.1", 0), null, "Bearer of-the-stream", null)
                    : null;
            return new StreamLife(
                            http,
                            login(),
                            Clock.systemUTC(),
                            plan(delivery, steps, patience),
                            place,
                            step -> {},
                            sets::add)
                    .run();
        }

        private LifePlan plan(DeliveryMethod delivery, List<LifeStep> steps, Duration patience) {
            return new LifePlan(
                    transmitter.issuer(),
                    WellKnown.SSF,
                    delivery,
                    List.of(EventNames.uri("session-revoked"), EventNames.uri("caep:credential-change")),
                    steps,
                    null,
                    "a test",
                    new SubjectIdentifier("email", Map.of("email", "alice@acme.example")),
                    1,
                    false,
                    patience);
        }

        private Authorization login() {
            return new ClientLogin(
                    http,
                    Clock.systemUTC(),
                    transmitter.tokenUri(),
                    StreamTransmitter.CLIENT,
                    new ClientAuthentication.Basic(StreamTransmitter.SECRET),
                    List.of("ssf.manage", "ssf.read"));
        }

        @Override
        public void close() {
            transmitter.close();
            http.close();
        }
    }
}
