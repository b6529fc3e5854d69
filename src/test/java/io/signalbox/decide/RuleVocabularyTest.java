package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.action.Grounds;
import io.signalbox.action.Severity;
import io.signalbox.event.History;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a rule can say, and what it can ask beside the event. */
class RuleVocabularyTest {

    @Test
    void hasAWordForEachKindOfActionAndSaysForHowLongWhyAndWhere() {
        Policy policy = Policies.policy("""
                rule "everything"
                when
                  RiskLevelChange( currentLevel == RiskLevel.HIGH )
                then
                  actions.revokeSessions().because("Risk is {currentLevel}, was {previousLevel}, by {event.issuer}; before: {posture.risk}");
                  actions.requireStepUp().at("okta");
                  actions.disableAccount().lasting("4 hours").because("High").at("keycloak");
                  actions.enableAccount();
                  actions.lockAccount().lasting("1 day");
                  actions.resetCredential();
                  actions.revokeCredential();
                  actions.revokeTokens();
                  actions.removeFromGroup("admins").lasting("2 weeks");
                  actions.addToGroup("watched");
                  actions.quarantineDevice();
                  actions.releaseDevice();
                  actions.disconnectVpn();
                  actions.blockNetwork().lasting("90 seconds");
                  actions.unblockNetwork();
                  actions.openTicket("t");
                  actions.note("n");
                  actions.closeTicket("c");
                  actions.notifyPeople("m");
                  actions.recordInSiem();
                  actions.relay();
                  actions.request("door.lock", Map.of("door", "7"));
                end
                """);
        DecideActions deciding = Policies.deciding(kind -> List.of("keycloak", "okta"), policy);
        Posture posture =
                Posture.of(List.of(new Posture.Known("risk/USER", "MEDIUM", Policies.NOW.minusSeconds(99), "sig-1")));

        List<Action> actions = deciding.decide(Policies.highRiskOfAUser(), Map.of(Policies.ADA.key(), posture))
                .actions();

        assertThat(actions.stream()
                        .map(action -> action.kind() + " " + action.target() + " " + action.lasts()
                                + (action.parameters().isEmpty() ? "" : " " + action.parameters()))
                        .filter(line -> !line.contains("okta") || line.contains("step-up")))
                .containsExactly(
                        "session.revoke keycloak null",
                        "session.step-up okta null",
                        "account.disable keycloak PT4H",
                        "account.enable keycloak null",
                        "account.lock keycloak PT24H",
                        "credential.reset keycloak null",
                        "credential.revoke keycloak null",
                        "token.revoke keycloak null",
                        "group.remove keycloak PT336H {group=admins}",
                        "group.add keycloak null {group=watched}",
                        "device.quarantine keycloak null",
                        "device.release keycloak null",
                        "vpn.disconnect keycloak null",
                        "network.block keycloak PT1M30S",
                        "network.unblock keycloak null",
                        "ticket.open keycloak null {title=t}",
                        "ticket.note keycloak null {text=n}",
                        "ticket.close keycloak null {text=c}",
                        "notify keycloak null {text=m}",
                        "siem.record keycloak null",
                        "signal.relay keycloak null",
                        "door.lock keycloak null {door=7}");
        assertThat(actions.get(0).because().sentence())
                .isEqualTo("Risk is HIGH, was unknown, by https://idp.acme.example; before: MEDIUM");
        assertThat(actions)
                .filteredOn(action -> action.kind().equals("account.disable"))
                .hasSize(1)
                .allSatisfy(action -> assertThat(action.because().sentence()).isEqualTo("High"));
    }

    @Test
    void recordsWithoutTargetWhatIsAskedOfOneThatDoesNotDoIt() {
        Policy policy =
                Policies.policy("rule \"a\" when RiskLevelChange() then actions.revokeSessions().at(\"nowhere\"); end");

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .actions())
                .singleElement()
                .satisfies(action -> assertThat(action.target()).isNull());
    }

    @Test
    void marksWhatAShadowedRuleAsksForAndLetsItRaiseNoSeverity() {
        Policy policy = Policies.policy("""
                rule "tried out" @shadow
                when RiskLevelChange() then actions.disableAccount(); actions.severity(Severity.CRITICAL); end
                rule "in force" when RiskLevelChange() then actions.recordInSiem(); actions.severity(Severity.LOW); end
                """);

        Decision decision = Policies.deciding(policy).decide(Policies.highRiskOfAUser(), Map.of());

        assertThat(decision.rules()).containsExactly("tried out", "in force");
        assertThat(decision.severity()).isEqualTo(Severity.LOW);
        assertThat(decision.actions())
                .extracting(action -> action.kind() + " " + action.shadow())
                .containsExactly("account.disable true", "siem.record false");
    }

    @Test
    void countsWhatWasHeardOfTheSubjectInAWindowThatEndsWithTheEvent() {
        Policy policy = Policies.policy("""
                rule "three" when RiskLevelChange() History( count("caep/session-revoked", "10 minutes") >= 3 )
                then actions.note("three"); end
                rule "four" when RiskLevelChange() History( count("caep/*", "10 minutes") >= 4 ) then actions.note("four"); end
                rule "hour" when RiskLevelChange() $h : History( $n : count("*", "1 hour"), $n == 5 )
                then actions.note("hour"); end
                """);
        assertThat(policy.lookingBack()).isEqualTo(Duration.ofHours(1));
        List<SecurityEvent> before = new ArrayList<>();
        Instant now = Policies.highRiskOfAUser().set().receivedAt();
        for (int minutes : new int[] {1, 5, 10, 11, 59}) {
            SecurityEvent event =
                    Policies.signal("caep/session-revoked", Map.of()).events().get(0);
            before.add(new SecurityEvent(
                    "sig-" + minutes,
                    event.issuer(),
                    null,
                    event.subject(),
                    event.payload(),
                    event.occurredAt(),
                    now.minus(Duration.ofMinutes(minutes))));
        }
        DecideActions deciding = new DecideActions(
                Policies.EVERYTHING,
                Policies.CLOCK,
                () -> policy,
                (event, window) -> new History(before, event.receivedAt()),
                ZoneOffset.UTC);

        assertThat(deciding.decide(Policies.highRiskOfAUser(), Map.of()).rules())
                .containsExactly("three", "hour");
        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .rules())
                .isEmpty();
    }

    /** Whoever asks years later why an account was locked sees the values, and no name that an erasure would miss. */
    @Test
    void writesDownWhatTheConditionsOfARuleMet() {
        Policy policy = Policies.policy("""
                rule "met" when
                  SecurityEvent( issuer matches "https://.*", subject != null, subject!.format == "email" )
                  $e : RiskLevelChange( ( principal == "USER" || principal == "GROUP" ), currentLevel == RiskLevel.HIGH,
                    riskReason == null, others["seen"] == "paris", !others.containsKey("x") )
                  Posture( risk != RiskLevel.HIGH, compromised not contains "password" )
                  History( count("caep/*", "1 hour") == 0 )
                  Moment( hour >= 1, weekday == Weekday.SUNDAY )
                  Capabilities( has("account.lock") )
                then actions.note("met"); end
                rule "missed" when RiskLevelChange( currentLevel == RiskLevel.LOW ) then actions.note("missed"); end
                """);
        Signal signal = Policies.signal(
                "caep/risk-level-change", Map.of("principal", "USER", "current_level", "HIGH", "seen", "paris"));

        List<Grounds> grounds = keeping(policy, text -> "anon-" + text.length())
                .decide(signal, Map.of())
                .grounds();

        assertThat(grounds).singleElement().satisfies(met -> {
            assertThat(met.rule()).isEqualTo("met");
            assertThat(met.event()).isEqualTo("caep/risk-level-change");
            assertThat(met.facts().keySet())
                    .containsExactly(
                            "Capabilities", "History", "Moment", "Posture", "RiskLevelChange", "SecurityEvent");
            assertThat(met.facts().get("RiskLevelChange"))
                    .containsEntry("principal", "USER")
                    .containsEntry("currentLevel", "HIGH")
                    .containsEntry("riskReason", "nothing")
                    .containsEntry("others[\"seen\"]", "anon-5")
                    .containsEntry("others.containsKey(\"x\")", "false")
                    .hasSize(5);
            assertThat(met.facts().get("SecurityEvent"))
                    .containsEntry("issuer", "https://idp.acme.example")
                    .containsEntry("subject", "anon-" + Policies.ADA.key().length())
                    .containsEntry("subject.format", "email");
            assertThat(met.facts().get("Posture")).containsOnly(entry("risk", "nothing"), entry("compromised", "[]"));
            assertThat(met.facts().get("History")).containsOnly(entry("count(\"caep/*\", \"1 hour\")", "0"));
            assertThat(met.facts().get("Moment"))
                    .containsEntry("weekday", "SUNDAY")
                    .containsKey("hour");
            assertThat(met.facts().get("Capabilities")).containsOnly(entry("has(\"account.lock\")", "true"));
        });
        assertThat(keeping(policy, text -> text)
                        .decide(signal, Map.of())
                        .grounds()
                        .get(0)
                        .facts()
                        .get("RiskLevelChange"))
                .containsEntry("others[\"seen\"]", "paris");
        assertThat(Policies.deciding(policy).decide(signal, Map.of()).grounds()).isEmpty();
    }

    private static DecideActions keeping(Policy policy, UnaryOperator<String> names) {
        return new DecideActions(
                Policies.EVERYTHING,
                Policies.CLOCK,
                () -> policy,
                Recollection.NOTHING,
                ZoneOffset.UTC,
                new KeptGrounds(names));
    }

    @Test
    void readsTheClockOnTheWallOfTheConfiguredZone() {
        Policy policy = Policies.policy("""
                rule "night" when RiskLevelChange() Moment( hour >= 22 || hour < 6 ) then actions.note("night"); end
                rule "sunday" when RiskLevelChange() Moment( weekday == Weekday.SUNDAY, weekend == true ) then actions.note("s"); end
                """);
        Signal signal = Policies.highRiskOfAUser(); // Sunday, ten in the morning, UTC

        assertThat(inZone(policy, "UTC").decide(signal, Map.of()).rules()).containsExactly("sunday");
        assertThat(inZone(policy, "Asia/Tokyo").decide(signal, Map.of()).rules())
                .containsExactly("sunday");
        assertThat(inZone(policy, "Pacific/Honolulu").decide(signal, Map.of()).rules())
                .as("late on Saturday")
                .containsExactly("night");
        assertThat(inZone(policy, "America/Los_Angeles")
                        .decide(signal, Map.of())
                        .rules())
                .containsExactly("night", "sunday");
    }

    private static DecideActions inZone(Policy policy, String zone) {
        return new DecideActions(
                Policies.EVERYTHING, Policies.CLOCK, () -> policy, Recollection.NOTHING, ZoneId.of(zone));
    }

    @Test
    void asksWhatTheTargetsCanDoBeforeItReliesOnIt() {
        Policy policy = Policies.policy("""
                rule "can" when RiskLevelChange() Capabilities( has("account.lock") ) then actions.lockAccount(); end
                rule "cannot" when RiskLevelChange() not Capabilities( has("account.lock") ) then actions.disableAccount(); end
                """);

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .rules())
                .containsExactly("can");
        assertThat(Policies.deciding(kind -> List.of(), policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .rules())
                .containsExactly("cannot");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            actions.disableAccount().lasting("soon");               | says lasting("soon"); a time is a number and seconds
            actions.disableAccount().lasting("0 hours");            | says lasting("0 hours")
            actions.disableAccount().lasting("1 hour").lasting("2 hours"); | says '.lasting' twice of one action
            actions.disableAccount().lasting("1" + " hour");        | puts together a time
            actions.disableAccount().because("{currentLevle}");     | {currentLevle} is no member of the events
            actions.disableAccount().because("{event.subject}");    | {event.subject} names a person
            actions.disableAccount().because("{others}");           | {others} is no member of the events
            actions.disableAccount().because("{class.name}");       | {class.name} is no member of the events
            actions.disableAccount().because("{currentLevel.declaringClass}"); | is no member of the events
            actions.disableAccount().because("{currentLevel");      | a brace is not closed
            actions.disableAccount().because("");                   | a reason has 1 to 500 characters
            actions.disableAccount().because("a" + $e.principal()); | puts together a sentence
            actions.disableAccount().at($e.principal());            | puts together the name of a target
            actions.disableAccount().getClass();                    | says '.getClass'; of an action more is said with
            actions.disableAcount();                                | did you mean 'disableAccount'?
            actions.severity(Severity.LOW).lasting("1 hour");       | ';' is expected where '.' stands
            actions.request("Not A Kind", Map.of());                | requests 'Not A Kind'; a kind of action is a dotted noun
            """)
    void refusesWhatIsSaidWrongBeforeItIsCompiled(String then, String why) {
        assertThat(refusal(
                        "rule \"a\" when $e : RiskLevelChange() then\n  actions.recordInSiem();\n  " + then + "\nend"))
                .startsWith("policy/test.drl:9, rule \"a\": ")
                .contains(why);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            History( count("caep/session-revoke", "10 minutes") > 1 ) | did you mean 'caep/session-revoked'?
            History( count("caep/session-revoked", "10") > 1 )        | counts within "10"; a time is a number
            History( count("*", "32 days") > 1 )                      | the longest window is 31 days
            History( count($a, "10 minutes") > 1 )                    | computes what it counts
            RiskLevelChange( principle == "USER" )                    | did you mean 'principal'?
            RiskLevelChanged()                                        | did you mean 'RiskLevelChange'?
            RiskLevelChange( curentLevel == RiskLevel.HIGH )          | did you mean 'currentLevel'?
            """)
    void saysWhatWasProbablyMeant(String when, String why) {
        assertThat(refusal("rule \"a\" when\n  RiskLevelChange()\n  " + when + "\nthen actions.recordInSiem(); end"))
                .startsWith("policy/test.drl:9, rule \"a\": ")
                .contains(why);
    }

    private static String refusal(String rules) {
        BrokenPolicyException broken = catchThrowableOfType(BrokenPolicyException.class, () -> Policies.policy(rules));
        assertThat(broken).as("a refusal").isNotNull();
        return broken.problems().get(0).text();
    }
}
