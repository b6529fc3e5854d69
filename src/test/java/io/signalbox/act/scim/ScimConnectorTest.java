package io.signalbox.act.scim;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.SampleActions;
import io.signalbox.testing.ScimServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScimConnectorTest {

    private static final String ALICE = "alice@acme.example";
    private static final Outcome DONE = new Outcome.Done("HTTP 200");

    private final ScimServer server =
            new ScimServer().add("a-1", "alice", ALICE, "ext-alice").add("b-2", "bob", "bob@acme.example", "ext-bob");
    private ActStage stage = with(Map.of());

    private ActStage with(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "signalbox.targets.hr.kind",
                "scim",
                "signalbox.targets.hr.url",
                server.url() + "/",
                "signalbox.targets.hr.token-env",
                "HR_TOKEN",
                "HR_TOKEN",
                ScimServer.TOKEN));
        properties.putAll(more);
        return new ActStage(properties);
    }

    private void restart(Map<String, Object> more) {
        stage.close();
        stage = with(more);
    }

    @AfterEach
    void stop() {
        stage.close();
        server.close();
    }

    private static Action disable(SubjectIdentifier subject) {
        return SampleActions.of("account.disable", "hr", subject);
    }

    private static Action disableAlice() {
        return disable(SampleActions.email(ALICE));
    }

    @Test
    void disablesTheOneUserWithThisAddress() {
        assertThat(stage.attempt(disableAlice())).isEqualTo(DONE);

        assertThat(server.active("a-1")).isFalse();
        assertThat(server.active("b-2")).isTrue();
    }

    @Test
    void enablesAgain() {
        stage.attempt(disableAlice());

        assertThat(stage.attempt(SampleActions.of("account.enable", "hr", SampleActions.email(ALICE))))
                .isEqualTo(DONE);
        assertThat(server.active("a-1")).isTrue();
    }

    @Test
    void findsNothingLeftToDoTheSecondTime() {
        stage.attempt(disableAlice());

        assertThat(stage.attempt(disableAlice())).isEqualTo(new Outcome.AlreadyDone("The account was disabled"));
        assertThat(server.calls()).filteredOn(call -> call.startsWith("PATCH")).hasSize(1);
    }

    /** RFC 7644, section 7.5.2. */
    @Test
    void keepsPersonalDataOutOfEveryUrl() {
        stage.attempt(disableAlice());

        assertThat(server.calls()).containsExactly("POST /scim/v2/Users/.search", "PATCH /scim/v2/Users/a-1");
    }

    @Test
    void searchesByUrlWhereTheServerKnowsNothingElse() {
        restart(Map.of("signalbox.targets.hr.options.lookup", "filter"));

        assertThat(stage.attempt(disableAlice())).isEqualTo(DONE);
        assertThat(server.calls().get(0)).startsWith("GET /scim/v2/Users?");
        assertThat(server.active("a-1")).isFalse();
    }

    @Test
    void saysThatNobodyMatches() {
        assertThat(stage.attempt(disable(SampleActions.email("mallory@acme.example"))))
                .isEqualTo(new Outcome.NotFound("No user matches"));
    }

    @Test
    void touchesNobodyIfTwoMatch() {
        server.add("a-3", "alice2", ALICE, "ext-alice2");

        assertThat(stage.attempt(disableAlice())).isEqualTo(new Outcome.Refused("2 users match"));
        assertThat(server.active("a-1")).isTrue();
        assertThat(server.active("a-3")).isTrue();
    }

    static Stream<SubjectIdentifier> aliceInEveryFormat() {
        SubjectIdentifier email = SampleActions.email(ALICE);
        return Stream.of(
                email,
                new SubjectIdentifier("iss_sub", Map.of("iss", "https://idp.example.com", "sub", "ext-alice")),
                new SubjectIdentifier("account", Map.of("uri", "acct:alice@acme.example")),
                new SubjectIdentifier("opaque", Map.of("id", "a-1")),
                new SubjectIdentifier("scim", Map.of("uri", "/Users/a-1")),
                new SubjectIdentifier("scim", Map.of("uri", "https://hr.example.com/v2/Users/a-1", "id", "a-1")),
                new SubjectIdentifier(
                        "aliases",
                        Map.of("identifiers", List.of(email.toJson(), Map.of("format", "opaque", "id", "a-1")))),
                new SubjectIdentifier(
                        "complex", Map.of("user", email.toJson(), "session", Map.of("format", "opaque", "id", "b-2"))));
    }

    @ParameterizedTest
    @MethodSource("aliceInEveryFormat")
    void findsTheUserByEveryFormatThatNamesOne(SubjectIdentifier subject) {
        assertThat(stage.attempt(disable(subject))).isEqualTo(DONE);
        assertThat(server.active("a-1")).isFalse();
        assertThat(server.active("b-2")).isTrue();
    }

    @Test
    void refusesASubjectThatItCannotLookUp() {
        assertThat(stage.attempt(disable(new SubjectIdentifier("did", Map.of("url", "did:example:1")))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(server.calls()).isEmpty();
    }

    @Test
    void takesNoSubFromAnIssuerOtherThanTheConfiguredOne() {
        restart(Map.of("signalbox.targets.hr.options.iss-sub-issuer", "https://idp.example.com"));

        assertThat(stage.attempt(disable(new SubjectIdentifier(
                        "iss_sub", Map.of("iss", "https://other.example.com", "sub", "ext-alice")))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(server.active("a-1")).isTrue();
    }

    /** M-22: if the quotation mark ended the value, the filter would match everybody. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\" or userName pr or userName eq \"y",
                "x\" or active eq true or userName eq \"",
                "x\\\" or userName pr or userName eq \\\"y",
                "x\\",
                "${exchangeProperty.url}",
                "{{signalbox.targets.hr.url}}"
            })
    void readsNoFilterOutOfAnAddress(String address) {
        for (String lookup : List.of("search", "filter")) {
            restart(Map.of("signalbox.targets.hr.options.lookup", lookup));

            assertThat(stage.attempt(disable(SampleActions.email(address))))
                    .isInstanceOfAny(Outcome.NotFound.class, Outcome.Refused.class);
            assertThat(server.calls()).noneMatch(call -> call.startsWith("PATCH"));
        }
    }

    /** M-23. */
    @Test
    void readsAgainIfTheUserWasChangedMeanwhile() {
        server.changeBeforePatch(2);

        assertThat(stage.attempt(disableAlice())).isEqualTo(DONE);
        assertThat(server.active("a-1")).isFalse();
        assertThat(server.calls()).filteredOn(call -> call.startsWith("PATCH")).hasSize(3);
    }

    @Test
    void comesBackLaterIfTheUserIsChangedEachTime() {
        server.changeBeforePatch(100);

        assertThat(stage.attempt(disableAlice())).isInstanceOf(Outcome.NoAnswer.class);
        assertThat(server.calls()).filteredOn(call -> call.startsWith("PATCH")).hasSize(3);
        assertThat(server.active("a-1")).isTrue();
    }

    @Test
    void isRefusedWithAWrongToken() {
        restart(Map.of("HR_TOKEN", "another"));

        assertThat(stage.attempt(disableAlice())).isEqualTo(new Outcome.Refused("HTTP 401: who are you"));
    }

    @Test
    void doesNotTakeAMissingServiceForAMissingUser() {
        restart(Map.of("signalbox.targets.hr.url", server.url().replace("/scim/v2", "/elsewhere")));

        assertThat(stage.attempt(disableAlice())).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void getsNoAnswerFromAServerThatIsDown() {
        server.close();

        assertThat(stage.attempt(disableAlice()))
                .isEqualTo(new Outcome.NoAnswer("No connection: refused or timed out", null));
    }

    /** Ids are the server's text; one with a slash or a dot must stay one segment. */
    @Test
    void writesAnIdAsOneSegmentOfThePath() {
        assertThat(stage.step(ScimUsers.class).userUrl("https://hr.example.com", "../Groups/1?x#{{y}}"))
                .isEqualTo("https://hr.example.com/Users/%2E%2E%2FGroups%2F1%3Fx%23%7B%7By%7D%7D");
    }
}
