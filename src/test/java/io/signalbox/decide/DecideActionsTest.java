package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Severity;
import io.signalbox.event.ComplianceStatus;
import io.signalbox.event.Posture;
import io.signalbox.event.Signal;
import io.signalbox.set.Standing;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecideActionsTest {

    private static final String HIGH_RISK =
            "High risk of a user: end the sessions, disable the account, have somebody look";

    @Test
    void keepsWithEachActionWhoAskedForItAndWhy() {
        Signal signal = Policies.highRiskOfAUser();

        Decision decision = Policies.deciding(Policies.shipped()).decide(signal, Map.of());

        assertThat(decision.signalId()).isEqualTo(signal.id());
        assertThat(decision.policyVersion()).isEqualTo(Policies.shipped().version());
        assertThat(decision.decidedAt()).isEqualTo(Policies.NOW);
        assertThat(decision.severity()).isEqualTo(Severity.HIGH);
        assertThat(decision.rules()).containsExactly(HIGH_RISK, "Severity of a high risk");
        assertThat(decision.actions()).allSatisfy(action -> {
            assertThat(action.because().rule()).isEqualTo(HIGH_RISK);
            assertThat(action.because().policyVersion()).isEqualTo(decision.policyVersion());
            assertThat(action.signalId()).isEqualTo(signal.id());
            assertThat(action.subject()).isEqualTo(Policies.ADA);
            assertThat(action.severity()).isEqualTo(Severity.HIGH);
            assertThat(action.event()).isEqualTo("caep/risk-level-change");
            assertThat(action.eventUri()).isEqualTo(Policies.uri("caep/risk-level-change"));
        });
        assertThat(decision.actions().get(2).parameters())
                .containsExactly(Map.entry("title", "A user's risk is high: account disabled, sessions ended"));
    }

    @Test
    void makesOneActionForEachTargetThatDoesTheKindAndOneWithoutTargetIfNoneDoes() {
        Map<String, List<String>> able =
                Map.of("session.revoke", List.of("keycloak", "okta"), "siem.record", List.of("siem"));
        DecideActions decideActions = Policies.deciding(kind -> able.getOrDefault(kind, List.of()), Policies.shipped());

        List<Action> actions =
                decideActions.decide(Policies.highRiskOfAUser(), Map.of()).actions();

        assertThat(actions)
                .extracting(action -> action.kind() + " at " + action.target())
                .containsExactly(
                        "session.revoke at keycloak",
                        "session.revoke at okta",
                        "account.disable at null",
                        "ticket.open at null",
                        "siem.record at siem");
        assertThat(actions).extracting(Action::ordinal).containsExactly(0, 1, 2, 3, 4);
        assertThat(actions).allSatisfy(action -> assertThat(action.id())
                .isEqualTo(
                        Action.idFor(action.signalId(), HIGH_RISK, action.ordinal(), action.kind(), action.target())));
    }

    /** */
    @Test
    void decidesEachEventOfASetByItselfInTheOrderOfTheToken() {
        Map<String, Map<String, Object>> events = new LinkedHashMap<>();
        events.put(Policies.uri("caep/session-revoked"), Map.of());
        events.put("https://vendor.example/other", Map.of());
        events.put(Policies.uri("caep/risk-level-change"), Map.of("principal", "USER", "current_level", "LOW"));

        Decision decision =
                Policies.deciding(Policies.shipped()).decide(Policies.signalAbout(Policies.ADA, events), Map.of());

        assertThat(decision.actions())
                .extracting(action -> action.event() + " " + action.kind())
                .containsExactly(
                        "caep/session-revoked vpn.disconnect",
                        "caep/session-revoked siem.record",
                        "caep/risk-level-change ticket.note",
                        "caep/risk-level-change siem.record");
        assertThat(decision.actions()).extracting(Action::ordinal).containsExactly(0, 1, 2, 3);
        assertThat(decision.actions()).extracting(Action::severity).containsOnly(Severity.LOW);
    }

    @Test
    void decidesThatNothingIsToBeDoneWhenNoRuleFits() {
        Decision decision = Policies.deciding(Policies.shipped())
                .decide(Policies.signal("https://vendor.example/other", Map.of("a", 1)), Map.of());

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.rules()).isEmpty();
        assertThat(decision.severity()).isEqualTo(Severity.INFO);
    }

    /** Not even a rule that fires on everything sees it. */
    @Test
    void showsNoRuleWhatItsIssuerWasNotEntitledToSay() {
        Policy eager = Policies.policy(
                "rule \"everything\" when SecurityEvent() then actions.revokeSessions(); actions.recordInSiem(); end");
        Signal signal =
                Recorded.standing(Policies.highRiskOfAUser(), new Standing(Standing.Word.NOT_ENTITLED, "Because."));

        Decision decision = Policies.deciding(eager).decide(signal, Map.of());

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.rules()).containsExactly("Because.");
        assertThat(decision.severity()).isEqualTo(Severity.INFO);
        assertThat(decision.policyVersion()).isEqualTo(eager.version());
        assertThat(Policies.deciding(eager)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .actions())
                .hasSize(2);
    }

    /** What would have been done is worth knowing; the ledger lets none of it go, see {@code GuardContract}. */
    @Test
    void asksForWhatAnAdviserWouldHaveDoneAndSaysFirstThatItIsOne() {
        Policy eager = Policies.policy("rule \"everything\" when SecurityEvent() then actions.revokeSessions(); end");
        Signal signal = Recorded.standing(Policies.highRiskOfAUser(), new Standing(Standing.Word.ADVISORY, "Because."));

        Decision decision = Policies.deciding(eager).decide(signal, Map.of());

        assertThat(decision.rules()).containsExactly("Because.", "everything");
        assertThat(decision.actions()).hasSize(1);
    }

    @Test
    void takesTheHighestSeverityWhateverTheOrder() {
        Policy policy = Policies.policy("""
                rule "a" when RiskLevelChange() then actions.severity(Severity.CRITICAL); end
                rule "b" when RiskLevelChange() then actions.severity(Severity.LOW); end
                """);

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .severity())
                .isEqualTo(Severity.CRITICAL);
    }

    /** Invariant I-2: an action that is decided again after a crash has the id it had. */
    @Test
    void givesTheSameActionsUnderTheSameIdsFromAPolicyCompiledAgain() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            rules.append("rule \"rule %d\" salience %d when %s then actions.note(\"%d\"); actions.recordInSiem(); end\n"
                    .formatted(i, i % 3, i % 2 == 0 ? "RiskLevelChange()" : "SecurityEvent() RiskLevelChange()", i));
        }
        Decision first =
                Policies.deciding(Policies.policy(rules.toString())).decide(Policies.highRiskOfAUser(), Map.of());
        Decision again =
                Policies.deciding(Policies.policy(rules.toString())).decide(Policies.highRiskOfAUser(), Map.of());

        assertThat(again).isEqualTo(first);
        assertThat(first.rules())
                .isEqualTo(IntStream.of(2, 1, 0)
                        .boxed()
                        .flatMap(salience -> IntStream.range(0, 40)
                                .filter(i -> i % 3 == salience)
                                .mapToObj(i -> "rule " + i))
                        .toList());
    }

    @Test
    void ordersRulesOfSeveralFilesByFileThenPlace() {
        String header = "import io.signalbox.event.CaepEvent.*\nglobal io.signalbox.action.Actions actions\n";
        Map<String, String> files = new HashMap<>();
        for (String file : List.of("z/a", "a/z", "a/b", "m/m", "a/a")) {
            files.put(
                    file + ".drl",
                    "package " + file.charAt(0) + "\n" + header + "rule \"" + file
                            + "\" when RiskLevelChange() then actions.recordInSiem(); end\n");
            files.put(file + ".cases.yaml", "[]");
        }

        Decision decision = Policies.deciding(PolicyCompiler.compile(Policies.files(files)))
                .decide(Policies.highRiskOfAUser(), Map.of());

        assertThat(decision.rules()).containsExactly("a/a", "a/b", "a/z", "m/m", "z/a");
    }

    @Test
    void asksOnceForWhatARuleAsksTwice() {
        Policy policy = Policies.policy(
                "rule \"either\" when RiskLevelChange() or SecurityEvent() then actions.recordInSiem(); end");

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .actions())
                .hasSize(1);
    }

    @Test
    void stopsRulesThatDoNotComeToAnEndAndNamesOne() {
        Policy policy = PolicyCompiler.compileWithoutLint(
                Policies.files("rule \"round and round\" when $e : RiskLevelChange() then update($e); end"));

        assertThatThrownBy(() -> Policies.deciding(policy).decide(Policies.highRiskOfAUser(), Map.of()))
                .isInstanceOf(PolicyFailedException.class)
                .hasMessage("The rules do not come to an end; the last that fired was \"round and round\","
                        + " on caep/risk-level-change");
    }

    @Test
    void namesTheRuleThatFailedAndShowsNothingOfTheSignal() {
        Policy policy = PolicyCompiler.compileWithoutLint(
                Policies.files(
                        "rule \"asks for nonsense\" when RiskLevelChange() then actions.request(\"Not A Kind\", Map.of()); end"));

        assertThatThrownBy(() -> Policies.deciding(policy).decide(Policies.highRiskOfAUser(), Map.of()))
                .isInstanceOf(PolicyFailedException.class)
                .hasMessage("Rule \"asks for nonsense\" failed on caep/risk-level-change")
                .hasRootCauseMessage("a kind of action is a dotted noun such as account.disable");
    }

    /** The engine reads members by name, and has ideas of its own about names. */
    @Test
    void letsARuleReadEveryMemberOfAnEvent() {
        Policy policy = Policies.policy("""
                rule "all"
                when
                  SecurityEvent( signalId != null, issuer == "https://idp.acme.example", txn == null, subject != null,
                    payload.uri != null, occurredAt != null, receivedAt != null )
                  RiskLevelChange( principal == "USER", currentLevel == RiskLevel.HIGH, previousLevel == null,
                    riskReason == null, common.eventTimestamp == null, common.initiatingEntity == null,
                    common.reasonAdmin.isEmpty(), common.reasonUser.isEmpty(), others.isEmpty(), ownTime == null )
                then
                  actions.recordInSiem();
                end
                """);

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .rules())
                .containsExactly("all");
    }

    /** What every family has in common is asked of the event, whichever family it is of. */
    @Test
    void letsARuleAskWhyAndByWhomOfEveryFamily() {
        Policy policy = Policies.policy("""
                rule "why" when $e : SecurityEvent( reasonCode == "hijacking", initiatingEntity == InitiatingEntity.POLICY,
                  subject!.principalKind == "user", delay != null )
                then actions.note("because of " + $e.reasonCode()); end
                rule "of a family" when RiscEvent( common.initiatingEntity == InitiatingEntity.POLICY )
                then actions.recordInSiem(); end
                rule "compromised" when Posture( compromised contains "password", account == AccountState.DISABLED )
                then actions.requireStepUp(); end
                """);
        Signal signal =
                Policies.signal("risc/account-disabled", Map.of("reason", "hijacking", "initiating_entity", "policy"));
        Posture posture = Posture.of(List.of(
                new Posture.Known("credential/password", "compromised", Policies.NOW.minusSeconds(9), "sig-1"),
                new Posture.Known("account", "disabled", Policies.NOW.minusSeconds(9), "sig-2")));

        Decision decision = Policies.deciding(policy).decide(signal, Map.of(Policies.ADA.key(), posture));

        assertThat(decision.rules()).containsExactly("why", "of a family", "compromised");
    }

    @Test
    void namesTheConditionThatFailed() {
        Policy policy = Policies.policy(
                "rule \"forgets that nobody may be named\" when SecurityEvent( subject.format == \"email\" ) then"
                        + " actions.recordInSiem(); end");
        Signal nobody = Policies.signalAbout(null, Map.of(Policies.uri("caep/session-revoked"), Map.of()));

        assertThatThrownBy(() -> Policies.deciding(policy).decide(nobody, Map.of()))
                .isInstanceOf(PolicyFailedException.class)
                .hasMessageContaining("'subject.format == \"email\"'")
                .hasMessageContaining("Rule \"forgets that nobody may be named\"");
    }

    @Test
    void treatsClaimsThatAreAbsentAsFittingNothing() {
        Policy policy = Policies.policy("""
                rule "reason" when RiskLevelChange( riskReason contains "BREACH" ) then actions.note("a"); end
                rule "member" when RiskLevelChange( others["score"] > 3 ) then actions.note("b"); end
                rule "who" when SecurityEvent( subject!.format == "email" ) then actions.note("c"); end
                """);
        Signal nobody = Policies.signalAbout(
                null,
                Map.of(Policies.uri("caep/risk-level-change"), Map.of("principal", "USER", "current_level", "LOW")));

        assertThat(Policies.deciding(policy).decide(nobody, Map.of()).rules()).isEmpty();
    }

    @Test
    void decidesWithManyRules() {
        StringBuilder rules = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            rules.append("rule \"rule %d\" when RiskLevelChange( principal == \"P%d\", currentLevel == RiskLevel.HIGH )"
                            .formatted(i, i))
                    .append(" then actions.note(\"%d\"); end\n".formatted(i));
        }
        DecideActions decideActions = Policies.deciding(Policies.policy(rules.toString()));

        for (int i = 0; i < 1_000; i++) {
            int which = i % 500;
            Signal signal = Policies.signal(
                    "caep/risk-level-change", Map.of("principal", "P" + which, "current_level", "HIGH"));
            assertThat(decideActions.decide(signal, Map.of()).rules()).containsExactly("rule " + which);
        }
    }

    @Test
    void decidesRightWhenManyThreadsDecideAtOnce() throws Exception {
        DecideActions decideActions = Policies.deciding(Policies.shipped());
        List<Signal> signals = List.of(
                Policies.highRiskOfAUser(),
                Policies.signal("caep/risk-level-change", Map.of("principal", "USER", "current_level", "LOW")),
                Policies.signal("caep/session-revoked", Map.of()),
                Policies.signal("https://vendor.example/other", Map.of()));
        List<Decision> expected = signals.stream()
                .map(signal -> decideActions.decide(signal, Map.of()))
                .toList();
        assertThat(Set.copyOf(expected)).hasSize(signals.size());

        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Decision>> tasks = new ArrayList<>();
            for (int i = 0; i < 4_000; i++) {
                Signal signal = signals.get(i % signals.size());
                tasks.add(() -> decideActions.decide(signal, Map.of()));
            }
            List<Future<Decision>> results = threads.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(expected.get(i % signals.size()));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Invariant I-4: what was overtaken on its way is recorded and not acted upon. */
    @Test
    void doesNothingAboutAnEventThatIsOlderThanWhatIsKnownOfItsSubject() {
        Signal high = Policies.signal(
                "caep/risk-level-change",
                Map.of("principal", "USER", "current_level", "HIGH", "event_timestamp", at(-60)));
        DecideActions deciding = Policies.deciding(Policies.shipped());

        Decision overtaken = deciding.decide(high, known("risk/USER", "LOW", at(-59)));
        assertThat(overtaken.actions()).isEmpty();
        assertThat(overtaken.rules()).containsExactly(DecideActions.OVERTAKEN);
        assertThat(overtaken.severity()).isEqualTo(Severity.INFO);

        assertThat(deciding.decide(high, known("risk/USER", "LOW", at(-60))).actions())
                .as("of the same moment")
                .isNotEmpty();
        assertThat(deciding.decide(high, known("risk/DEVICE", "LOW", at(-59))).actions())
                .as("later, but of something else")
                .isNotEmpty();
    }

    @Test
    void takesOneDeviceOfAUserNotForTheOther() {
        Signal laptop = complianceOf("laptop", "not-compliant", -60);
        Posture.Known phone = Objects.requireNonNull(
                Posture.left(complianceOf("phone", "compliant", -30).events().get(0)));
        Posture.Known later = Objects.requireNonNull(
                Posture.left(complianceOf("laptop", "compliant", -30).events().get(0)));
        String user = Objects.requireNonNull(laptop.set().subject()).key();
        DecideActions deciding = Policies.deciding(Policies.shipped());

        assertThat(deciding.decide(laptop, Map.of(user, Posture.of(List.of(phone))))
                        .actions())
                .extracting(Action::kind)
                .contains("device.quarantine");
        assertThat(deciding.decide(laptop, Map.of(user, Posture.of(List.of(phone, later))))
                        .rules())
                .containsExactly(DecideActions.OVERTAKEN);
        assertThat(Posture.of(List.of(phone)).seenBy(laptop.events().get(0)).compliance())
                .as("of the laptop")
                .isNull();
        assertThat(Posture.of(List.of(phone, later))
                        .seenBy(laptop.events().get(0))
                        .compliance())
                .isEqualTo(ComplianceStatus.COMPLIANT);
    }

    private static Signal complianceOf(String device, String status, int at) {
        SubjectIdentifier subject = new SubjectIdentifier(
                SubjectIdentifier.COMPLEX,
                Map.of("user", Policies.ADA.toJson(), "device", Map.of("format", "opaque", "id", device)));
        return Policies.signalAbout(
                subject,
                Map.of(
                        Policies.uri("caep/device-compliance-change"),
                        Map.of(
                                "previous_status",
                                status.equals("compliant") ? "not-compliant" : "compliant",
                                "current_status",
                                status,
                                "event_timestamp",
                                at(at))));
    }

    @Test
    void takesNoEventForLaterThanItsArrival() {
        Signal ahead = Policies.signal(
                "caep/risk-level-change",
                Map.of("principal", "USER", "current_level", "HIGH", "event_timestamp", at(3_600)));

        Posture.Known left = Objects.requireNonNull(Posture.left(ahead.events().get(0)));

        assertThat(left.since()).isEqualTo(ahead.set().receivedAt());
    }

    @Test
    void letsARuleAskHowTheSubjectStood() {
        Policy policy = Policies.policy("""
                rule "A session of a user at risk" when
                  SessionEstablished()
                  Posture( risk == RiskLevel.HIGH, assurance["NIST-AAL"] != "nist-aal3" )
                then actions.requireStepUp(); end
                """);
        Signal session = Policies.signal("caep/session-established", Map.of());
        DecideActions deciding = Policies.deciding(policy);

        assertThat(policy.asksFor(Policy.Fact.POSTURE, session.events().get(0).payload()))
                .isTrue();
        assertThat(policy.asksFor(
                        Policy.Fact.POSTURE,
                        Policies.highRiskOfAUser().events().get(0).payload()))
                .as("looked up for an event that no such rule is about")
                .isFalse();
        assertThat(deciding.decide(session, known("risk/USER", "HIGH", at(-60))).actions())
                .hasSize(1);
        assertThat(deciding.decide(session, known("risk/USER", "LOW", at(-60))).actions())
                .isEmpty();
        assertThat(deciding.decide(session, Map.of()).actions()).isEmpty();
    }

    private static long at(int seconds) {
        return Policies.NOW.plusSeconds(seconds).getEpochSecond();
    }

    private static Map<String, Posture> known(String aspect, String value, long since) {
        return Map.of(
                Policies.ADA.key(),
                Posture.of(List.of(new Posture.Known(aspect, value, Instant.ofEpochSecond(since), "sig-before"))));
    }
}
