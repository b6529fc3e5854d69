package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SetError;
import io.signalbox.set.Standing;
import io.signalbox.set.Verdict;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P-20, P-21, P-22: a valid signature does not entitle anybody to anything. */
class EntitlementTest {

    private static final String RISC = "https://schemas.openid.net/secevent/risc/event-type/";
    private static final Map<String, Object> ALICE = Map.of("format", "email", "email", "alice@acme.example");

    private static FakeTransmitter transmitter;
    private static LoopbackHttp http;
    private static Quiet quiet;

    @BeforeAll
    static void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
    }

    @AfterAll
    static void stop() {
        transmitter.close();
        http.close();
        quiet.close();
    }

    /** The SET is a risk-level-change about alice@acme.example. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                             | -                    | enforcing | refuse | entitled
            caep:*                        | email:*@acme.example | enforcing | refuse | entitled
            risc:*,caep:risk-level-change | email:*@acme.example | enforcing | refuse | entitled
            *                             | *                    | enforcing | refuse | entitled
            caep:session-revoked          | -                    | enforcing | refuse | access_denied
            caep:session-revoked          | -                    | advisory  | refuse | access_denied
            caep:session-revoked          | -                    | enforcing | record | not entitled
            -                             | email:*@evil.example | enforcing | refuse | access_denied
            -                             | email:*@evil.example | enforcing | record | not entitled
            -                             | opaque:*             | enforcing | refuse | access_denied
            -                             | email:*@evil.example | advisory  | record | not entitled
            caep:*                        | email:*@acme.example | advisory  | refuse | advisory
            -                             | -                    | advisory  | record | advisory
            """)
    void holdsAGenuineSetAgainstWhatItsIssuerMaySay(
            @Nullable String events, @Nullable String subjects, String stance, String outside, String expected) {
        assertThat(standing(keys(events, subjects, stance, outside), transmitter.set(Bench.START)))
                .isEqualTo(expected);
    }

    @Test
    void aSetThatNamesNobodyIsOutsideWhereSubjectsAreListed() {
        Map<String, String> listed = keys(null, "*", "enforcing", "refuse");

        assertThat(standing(listed, transmitter.set(Bench.START).without("sub_id")))
                .isEqualTo("access_denied");
        assertThat(standing(Map.of(), transmitter.set(Bench.START).without("sub_id")))
                .isEqualTo("entitled");
    }

    /** S-01: whose account it is and who speaks about it are two things. */
    @Test
    void anIssuerMaySpeakAboutTheAccountsOfAnotherIfItIsListedForThem() {
        Sets set = transmitter
                .set(Bench.START)
                .with("sub_id", Map.of("format", "iss_sub", "iss", "https://idp.acme.example", "sub", "7"));

        assertThat(standing(Map.of("subjects", "iss_sub:https://idp.acme.example"), set))
                .isEqualTo("entitled");
        assertThat(standing(Map.of("subjects", "iss_sub:" + transmitter.issuer()), set))
                .isEqualTo("access_denied");
    }

    /** Whatever is read from there later has been looked at. */
    @Test
    void whomAnEventNamesBesideTheTokenMustBeAmongTheListedToo() {
        Map<String, String> listed = Map.of("subjects", "email:*@acme.example");
        Sets set = transmitter.set(Bench.START);

        assertThat(standing(listed, withSubjectInEvent(set, ALICE))).isEqualTo("entitled");
        assertThat(standing(listed, withSubjectInEvent(set, Map.of("format", "email", "email", "eve@evil.example"))))
                .isEqualTo("access_denied");
        assertThat(standing(listed, withSubjectInEvent(set, Map.of("unreadable", "eve@evil.example"))))
                .isEqualTo("access_denied");
        assertThat(standing(Map.of(), withSubjectInEvent(set, Map.of("unreadable", "eve@evil.example"))))
                .isEqualTo("entitled");
    }

    private static Sets withSubjectInEvent(Sets set, Map<String, Object> subject) {
        return set.with("events", Map.of("https://vendor.example/event/colour", Map.of("subject", subject)));
    }

    @Test
    void everyEventOfASetMustBeAmongTheListed() {
        Sets two = transmitter
                .set(Bench.START)
                .with(
                        "events",
                        Map.of(
                                Sets.RISK_LEVEL_CHANGE,
                                Map.of("principal", "USER", "current_level", "LOW"),
                                RISC + "account-disabled",
                                Map.of()));

        assertThat(standing(keys("caep:*", null, "enforcing", "refuse"), two)).isEqualTo("access_denied");
        assertThat(standing(keys("caep:*,risc:*", null, "enforcing", "refuse"), two))
                .isEqualTo("entitled");
    }

    /** they are about the stream and not about anybody, and come whatever was asked for. */
    @ParameterizedTest
    @CsvSource({
        "https://schemas.openid.net/secevent/ssf/event-type/verification",
        "https://schemas.openid.net/secevent/ssf/event-type/stream-updated",
        "https://schemas.openid.net/secevent/sse/event-type/verification",
        "https://schemas.openid.net/secevent/risc/event-type/verification"
    })
    void eventsOfTheStreamAreTakenWhateverIsListed(String type) {
        Sets set = transmitter
                .set(Bench.START)
                .with("sub_id", Map.of("format", "opaque", "id", "stream-1"))
                .with("events", Map.of(type, Map.of("state", "s", "status", "enabled")));
        Map<String, String> narrow = keys("risc:account-disabled", "email:*@acme.example", "advisory", "refuse");

        assertThat(standing(narrow, set)).isEqualTo("entitled");
        Sets andAnother = set.with(
                "events",
                Map.of(
                        type,
                        Map.of("status", "enabled"),
                        Sets.RISK_LEVEL_CHANGE,
                        Map.of("principal", "USER", "current_level", "LOW")));
        assertThat(standing(narrow, andAnother)).isEqualTo("access_denied");
    }

    /** P-22: whoever says that an address belongs to somebody else now must be listed for it. */
    @ParameterizedTest
    @CsvSource({"identifier-changed", "identifier-recycled"})
    void nobodyHandsAnIdentifierOverWhoIsNotListedForIt(String name) {
        Sets set = transmitter.set(Bench.START).with("sub_id", ALICE).with("events", Map.of(RISC + name, Map.of()));

        assertThat(standing(Map.of(), set)).isEqualTo("not entitled");
        assertThat(standing(Map.of("subjects", "email:*@acme.example"), set)).isEqualTo("entitled");
        assertThat(standing(Map.of("subjects", "email:*@evil.example"), set)).isEqualTo("access_denied");
    }

    /** R-31, J-15. */
    @ParameterizedTest
    @CsvSource({
        "3600, refuse, entitled",
        "3601, refuse, invalid_request",
        "3601, record, not entitled",
        "0, refuse, entitled"
    })
    void aSetIsTakenForAsLongAsItsEntrySays(long age, String outside, String expected) {
        Sets set = transmitter.set(Bench.START).with("iat", Bench.START.getEpochSecond() - age);

        assertThat(standing(Map.of("max-age", "1h", "outside", outside), set)).isEqualTo(expected);
        assertThat(standing(Map.of(), set)).isEqualTo("entitled");
    }

    @ParameterizedTest
    @CsvSource({"5s, 5, entitled", "5s, 6, invalid_request", "0s, 1, invalid_request", "120s, 120, entitled"})
    void aClockMayBeAheadByWhatItsEntrySays(String skew, long ahead, String expected) {
        Sets set = transmitter.set(Bench.START).with("iat", Bench.START.getEpochSecond() + ahead);

        assertThat(standing(Map.of("clock-skew", skew), set)).isEqualTo(expected);
    }

    /** R-60, U-26: it is no fault of the sender's, and what the member says could be the whole point. */
    @ParameterizedTest
    @CsvSource({
        "tenant,               opaque,    entitled",
        "tenant,               newfangled, not entitled",
        "user,                 newfangled, entitled",
        "'user,tenant,device', scim,      entitled",
        "building,             opaque,    entitled"
    })
    void aSetWithACriticalMemberThatIsNotUnderstoodIsRecordedAndNothingIsDone(
            String critical, String format, String expected) {
        Sets set = transmitter
                .set(Bench.START)
                .with(
                        "sub_id",
                        Map.of(
                                "format",
                                "complex",
                                "user",
                                ALICE,
                                "tenant",
                                Map.of("format", format, "id", "T", "uri", "/T")));

        assertThat(standing(Map.of("critical-subject-members", critical), set)).isEqualTo(expected);
        assertThat(standing(Map.of(), set)).isEqualTo("entitled");
    }

    /** a member of a kind that nobody here knows is not understood, whatever its format. */
    @Test
    void aCriticalMemberOfAKindThatIsNotKnownIsNotUnderstood() {
        Map<String, Object> building = Map.of("format", "opaque", "id", "B");
        Sets set = transmitter
                .set(Bench.START)
                .with("sub_id", Map.of("format", "complex", "user", ALICE, "building", building));

        assertThat(standing(Map.of("critical-subject-members", "building"), set))
                .isEqualTo("not entitled");
        assertThat(standing(Map.of("critical-subject-members", "user"), set)).isEqualTo("entitled");
        assertThat(standing(Map.of("critical-subject-members", "user"), set.with("sub_id", ALICE)))
                .isEqualTo("entitled");
    }

    /** What is refused is told why, and nothing of whom it was about. */
    @Test
    void saysWhyAndNamesNobody() {
        try (Bench bench = bench(keys(null, "email:*@evil.example", "enforcing", "refuse"))) {
            assertThat(bench.verify(transmitter.set(Bench.START)))
                    .isEqualTo(new Verdict.Refused(
                            SetError.ACCESS_DENIED, "The issuer is not entitled to speak about this subject"));
            assertThat(bench.counted("refused", "access_denied")).isEqualTo(1);
        }
        try (Bench bench = bench(keys(null, "email:*@evil.example", "enforcing", "record"))) {
            assertThat(bench.verify(transmitter.set(Bench.START)))
                    .isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> assertThat(
                                    accepted.set().standing().reason())
                            .isEqualTo(
                                    "The issuer is not entitled to speak about this subject: recorded, nothing done"));
            assertThat(bench.meters
                            .counter("signalbox.sets.accepted", "standing", "not entitled")
                            .count())
                    .isEqualTo(1);
        }
    }

    /** A stranger learns nothing of what anybody is entitled to. */
    @Test
    void isNotAskedBeforeTheSignatureIsGood() {
        Sets forged =
                transmitter.set(Bench.START).signedSilentlyBy(FakeTransmitter.newRsa("x", 2048), JWSAlgorithm.RS256);

        assertThat(standing(keys("risc:*", "opaque:*", "enforcing", "refuse"), forged))
                .isEqualTo("invalid_key");
    }

    private static Map<String, String> keys(
            @Nullable String events, @Nullable String subjects, String stance, String outside) {
        Map<String, String> keys = new HashMap<>(Map.of("stance", stance, "outside", outside));
        if (events != null) {
            keys.put("events", events);
        }
        if (subjects != null) {
            keys.put("subjects", subjects);
        }
        return keys;
    }

    private static Bench bench(Map<String, String> keys) {
        return Bench.trusting(http, new CryptoProvider(), Bench.START, Bench.entry(transmitter, keys));
    }

    /** Or the code of the refusal. */
    private static String standing(Map<String, String> keys, Sets set) {
        try (Bench bench = bench(keys)) {
            Verdict verdict = bench.verify(set);
            if (verdict instanceof Verdict.Refused refused) {
                return refused.error().code();
            }
            Standing standing = ((Verdict.Accepted) verdict).set().standing();
            assertThat(standing.counts()).isEqualTo(standing.reason() == null);
            return standing.word().spelling();
        }
    }
}
