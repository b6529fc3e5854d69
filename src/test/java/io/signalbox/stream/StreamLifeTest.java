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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    private final LoopbackHttp http = new LoopbackHttp();
    private final List<ReceivedSet> sets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // each test starts its own, with its quirk
    private StreamTransmitter transmitter;

    @AfterEach
    void stop() {
        transmitter.close();
        http.close();
    }

    @ParameterizedTest
    @EnumSource(DeliveryMethod.class)
    void aGoodTransmitterIsFoundGoodAndFindsUsGood(DeliveryMethod delivery) {
        transmitter = StreamTransmitter.start();

        List<StepReport> steps = run(delivery, LONG, Duration.ofSeconds(20));

        assertThat(steps).extracting(StepReport::step).hasSize(LONG.size() + 2).endsWith(LifeStep.DELETE);
        assertThat(steps).allSatisfy(step -> assertThat(step.findings()).isEmpty());
        assertThat(sets).singleElement().satisfies(set -> {
            assertThat(set.types()).containsExactly("verification");
            assertThat(set.accepted()).isTrue();
        });
        assertThat(transmitter.faults()).isEmpty();
        assertThat(transmitter.streamIds()).isEmpty();
    }

    @Test
    void waitsForTheEventsThatItWasToldToWaitFor() {
        transmitter = StreamTransmitter.start();
        List<LifeStep> steps = List.of(LifeStep.CREATE, LifeStep.RECEIVE, LifeStep.DELETE);
        LifePlan plan = plan(DeliveryMethod.POLL, steps, Duration.ofSeconds(20));

        List<StepReport> reports = new StreamLife(
                        http,
                        login(),
                        Clock.systemUTC(),
                        plan,
                        null,
                        step -> {
                            if (step.step() == LifeStep.CREATE) {
                                transmitter.happens("session-revoked");
                            }
                        },
                        sets::add)
                .run();

        assertThat(reports).allMatch(StepReport::good);
        assertThat(sets).singleElement().satisfies(set -> {
            assertThat(set.types()).containsExactly("session-revoked");
            assertThat(set.findings()).extracting(Finding::rule).containsExactly("I-40");
        });
        assertThat(transmitter.faults()).isEmpty();
    }

    @Test
    void goesOnWithAStreamThatIsThereAndLeavesIt() {
        transmitter = StreamTransmitter.start();
        String id = transmitter.makeStream("by hand", EventNames.uri("session-revoked"));
        LifePlan plan = new LifePlan(
                transmitter.issuer(),
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

        List<StepReport> reports =
                new StreamLife(http, login(), Clock.systemUTC(), plan, null, step -> {}, sets::add).run();

        assertThat(reports)
                .extracting(StepReport::step)
                .containsExactly(LifeStep.DISCOVER, LifeStep.LOGIN, LifeStep.READ, LifeStep.VERIFY);
        assertThat(reports).allMatch(StepReport::good);
        assertThat(transmitter.streamIds()).containsExactly(id);
        assertThat(transmitter.faults()).isEmpty();
    }

    static Stream<Arguments> misbehaviours() {
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

    private static Arguments bad(Quirk quirk, DeliveryMethod delivery, LifeStep step, String rule) {
        return Arguments.of(quirk, delivery, step, rule);
    }

    @ParameterizedTest(name = "{0} by {1}: {3} at {2}")
    @MethodSource("misbehaviours")
    void findsTheOneFaultOfATransmitter(Quirk quirk, DeliveryMethod delivery, LifeStep step, String rule) {
        transmitter = StreamTransmitter.start(quirk);

        List<StepReport> steps = run(delivery, LONG, Duration.ofMillis(2500));

        assertThat(faults(steps)).contains(Map.entry(step, rule));
        assertThat(steps.stream().filter(report -> !report.good()).findFirst())
                .get()
                .extracting(StepReport::step)
                .isEqualTo(step);
        if (quirk != CREATES_WITHOUT_AN_ID && quirk != CREATES_WITHOUT_AN_AUDIENCE && quirk != CREATES_WITH_200) {
            // Where it could know what it had made, nothing of it is left.
            assertThat(transmitter.streamIds()).isEmpty();
        }
    }

    private static List<Map.Entry<LifeStep, String>> faults(List<StepReport> steps) {
        return steps.stream()
                .flatMap(step -> step.findings().stream()
                        .filter(finding -> finding.level() == Level.FAULT)
                        .map(finding -> Map.entry(step.step(), finding.rule())))
                .toList();
    }

    static Stream<Arguments> liberties() {
        return Stream.of(
                Arguments.of(METADATA_LACK_THE_VERSION, DeliveryMethod.POLL, "R-07"),
                Arguments.of(LISTS_AN_OBJECT, DeliveryMethod.POLL, "R-44"),
                Arguments.of(DECIDES_LATER, DeliveryMethod.POLL, "R-45"),
                Arguments.of(ASKS_FOR_PATIENCE, DeliveryMethod.POLL, "R-49"),
                Arguments.of(VERIFIES_UNASKED, DeliveryMethod.POLL, "R-53"),
                Arguments.of(VERIFIES_UNASKED, DeliveryMethod.PUSH, "R-53"),
                Arguments.of(PUSHES_EVERYTHING_TWICE, DeliveryMethod.PUSH, "R-30"));
    }

    /** What a text leaves open, or what happens on the way, makes no transmitter bad. */
    @ParameterizedTest(name = "{0} by {1}: {2}")
    @MethodSource("liberties")
    void putsUpWithWhatIsAllowed(Quirk quirk, DeliveryMethod delivery, String rule) {
        transmitter = StreamTransmitter.start(quirk);

        List<StepReport> steps = run(delivery, LONG, Duration.ofSeconds(20));

        assertThat(steps).last().extracting(StepReport::step).isEqualTo(LifeStep.DELETE);
        assertThat(faults(steps)).isEmpty();
        assertThat(steps)
                .flatExtracting(StepReport::findings)
                .extracting(Finding::rule)
                .contains(rule);
        assertThat(transmitter.faults()).isEmpty();
        assertThat(transmitter.streamIds()).isEmpty();
    }

    private List<StepReport> run(DeliveryMethod delivery, List<LifeStep> steps, Duration patience) {
        PushPlace place = delivery == DeliveryMethod.PUSH
                ? new PushPlace(new InetSocketAddress("127.0.0.1", 0), null, "Bearer of-the-stream", null)
                : null;
        return new StreamLife(
                        http, login(), Clock.systemUTC(), plan(delivery, steps, patience), place, step -> {}, sets::add)
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
}
