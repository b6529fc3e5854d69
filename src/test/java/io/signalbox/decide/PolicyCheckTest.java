package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.policy.CaseResult;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is found out about a policy before it decides anything. */
class PolicyCheckTest {

    private static final String FIRES = "- { case: it fires, given: { event: caep/session-revoked }, then: [] }\n";

    @TempDir
    static Path folder;

    static Stream<String> escapes() {
        String write = "new java.io.FileWriter(\"%s\").append('x').close()".formatted(folder.resolve("escaped"));
        String run = "Runtime.getRuntime().exec(\"touch %s\")".formatted(folder.resolve("escaped"));
        return Stream.of(
                rule("$e : SessionRevoked()", write + ";"),
                rule("$e : SessionRevoked()", run + ";"),
                rule("$e : SessionRevoked()", "actions.note(\"\" + " + run + ");"),
                rule("$e : SessionRevoked()", "$e.getClass().getClassLoader();"),
                rule("$e : SessionRevoked()", "new java.net.URL(\"http://127.0.0.1:1\").openStream();"),
                rule("$e : SessionRevoked()", "actions.recordInSiem(); } static { " + run + "; } void x() {"),
                rule("SessionRevoked( " + run + " != null )", "actions.recordInSiem();"),
                rule("SessionRevoked( this.getClass().forName(\"x\") != null )", "actions.recordInSiem();"),
                rule("SessionRevoked( class.classLoader != null )", "actions.recordInSiem();"),
                rule("SessionRevoked() eval( " + run + " != null )", "actions.recordInSiem();"),
                rule("SessionRevoked() String() from java.util.List.of(\"a\")", "actions.recordInSiem();"),
                rule("SessionRevoked( ( { " + run + "; true } ) )", "actions.recordInSiem();"),
                "dialect \"mvel\"\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "import static java.lang.Runtime.getRuntime\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "import function java.lang.System.exit\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "import java.lang.Runtime\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "global java.lang.Runtime r\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "function void f() { try { " + run + "; } catch (Exception e) { } }\n"
                        + rule("SessionRevoked()", "actions.recordInSiem();"),
                "declare Evil\n  a : Object = " + run + "\nend\n" + rule("SessionRevoked()", "actions.recordInSiem();"),
                "query q()\n SessionRevoked( " + run + " != null )\nend\n"
                        + rule("SessionRevoked()", "actions.recordInSiem();"),
                "rule \"x\" salience ( " + run + " == null ? 1 : 2 ) when SessionRevoked() then actions.recordInSiem();"
                        + " end",
                "rule \"x\" enabled ( " + run + " != null ) when SessionRevoked() then actions.recordInSiem(); end");
    }

    private static String rule(String when, String then) {
        return "rule \"x\"\nwhen\n  " + when + "\nthen\n  " + then + "\nend\n";
    }

    /** The good rule of another file is not compiled either: a policy is used whole or not at all. */
    @ParameterizedTest
    @MethodSource("escapes")
    void refusesEachWayOutWithFileAndLineAndCompilesAndRunsNothing(String rules) {
        PolicyReport report = check(Map.of(
                "policy/test.drl",
                Policies.files(rules).contents().getOrDefault("policy/test.drl", ""),
                "policy/test.cases.yaml",
                FIRES));

        assertThat(report.rules()).as("rules compiled").isZero();
        assertThat(report.cases()).as("cases run").isEmpty();
        assertThat(report.problems()).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.file()).isEqualTo("policy/test.drl");
            assertThat(problem.line()).isPositive();
        });
        assertThat(folder.resolve("escaped")).doesNotExist();
    }

    /** A cell is put into its column's text before anything reads it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            System.exit(1) == null             | a
            principal == ""a"" ) eval( true    | a
            this.getClass() != null            | a
            principal == ""USER""              | System.getenv(""HOME"")
            principal == ""USER""              | ""a""); System.exit(1); actions.note(""b""
            """)
    void refusesWaysOutInTheCellsOfADecisionTable(String who, String text) {
        String table =
                table("\"RiskLevelChange( $param )\",\"actions.note($param);\"", "\"" + who + "\",\"" + text + "\"");

        PolicyReport report = check(Map.of("policy/table.drl.csv", table, "policy/table.cases.yaml", FIRES));

        assertThat(report.rules()).isZero();
        assertThat(report.cases()).isEmpty();
        assertThat(report.problems()).anySatisfy(problem -> {
            assertThat(problem.file()).isEqualTo("policy/table.drl.csv");
            assertThat(problem.line()).isEqualTo(10);
            assertThat(problem.rule()).isEqualTo("Bad_10");
        });
    }

    /** What stands between quotes in the column's text stays a text, whatever the cell holds. */
    @Test
    void takesACellBetweenQuotesForAText() {
        String table = table(
                "\"RiskLevelChange( principal == \"\"$param\"\" )\",\"actions.note(\"\"$param\"\");\"",
                "\"USER\",\"a\"\" + System.getenv() + \"\"\"");

        Policy policy = PolicyCompiler.compile(Policies.filesAt("policy/table.drl.csv", table));

        assertThat(Policies.deciding(policy)
                        .decide(Policies.highRiskOfAUser(), Map.of())
                        .actions())
                .singleElement()
                .satisfies(
                        action -> assertThat(action.parameters()).containsEntry("text", "a\" + System.getenv() + \""));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            RiskLevelChange( currentLevel == RiskLevel.LOW, currentLevel == RiskLevel.HIGH ) | currentLevel == RiskLevel.LOW and currentLevel == RiskLevel.HIGH are never both true
            RiskLevelChange( principal == "USER" && principal != "USER" ) | are never both true
            RiskLevelChange( principal == "user" )                        | principal is never "user"; did you mean 'USER'?
            RiskLevelChange() SessionRevoked()                            | an event is never both RiskLevelChange and SessionRevoked
            RiskLevelChange() SecurityEvent( payload.alias == "caep/session-revoked" ) | a RiskLevelChange is a caep/risk-level-change
            SecurityEvent( payload.alias == "caep/risk-change" )          | there is no type of event "caep/risk-change"
            SecurityEvent( subject!.format == "e-mail" )                  | did you mean 'email'?
            RiskLevelChange() Moment( hour > 22, hour < 6 )               | hour > 22 and hour < 6 are never both true
            RiskLevelChange() Moment( hour == 24 )                        | hour is at most 23
            """)
    void findsRulesThatCanNeverFire(String when, String why) {
        assertThat(neverFiring(rule(when, "actions.recordInSiem();"))).anySatisfy(problem -> assertThat(problem)
                .startsWith("policy/test.drl:9, rule \"x\": can never fire: ")
                .contains(why));
    }

    @Test
    void takesNoRuleForOneThatCannotFireThatCan() {
        String rules = rule(
                "RiskLevelChange( currentLevel == RiskLevel.LOW || currentLevel == RiskLevel.HIGH, previousLevel != RiskLevel.LOW )\n"
                        + "  ( RiskEvent() or SecurityEvent( payload.alias == \"caep/risk-level-change\" ) )\n"
                        + "  Moment( hour >= 22 || hour < 6, minute > 0, minute < 59 )",
                "actions.recordInSiem();");

        assertThat(neverFiring(rules.replace("RiskEvent()", "CaepEvent()"))).isEmpty();
    }

    @Test
    void findsRowsThatAskTheSameAndRowsThatFireTogetherAndValuesWithoutARow() {
        String columns = "\"RiskLevelChange( currentLevel == RiskLevel.$param )\","
                + "\"SecurityEvent( issuer == \"\"$param\"\" )\",\"actions.note(\"\"$param\"\");\"";
        String table = table(
                        columns,
                        "\"HIGH\",,\"a\"",
                        "\"HIGH\",,\"b\"",
                        "\"HIGH\",\"https://x.example\",\"c\"",
                        "\"LOW\",,\"d\"")
                .replace("\"CONDITION\",\"ACTION\"", "\"CONDITION\",\"CONDITION\",\"ACTION\"")
                .replace("\"Who\",\"What\"", "\"Who\",\"Whose\",\"What\"");

        PolicyReport report = check(Map.of("policy/table.drl.csv", table, "policy/table.cases.yaml", FIRES));

        assertThat(report.problems().stream().map(PolicyProblem::text))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("policy/table.drl.csv:11, rule \"Bad_11\"")
                        .contains("asks for the same as row \"Bad_10\" in line 10"))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("policy/table.drl.csv:12, rule \"Bad_12\"")
                        .contains("can fit the same event as row"))
                .anySatisfy(text ->
                        assertThat(text).contains("no row is about RiskLevelChange with currentLevel RiskLevel.MEDIUM"))
                .noneSatisfy(text -> assertThat(text).contains("Bad_13\": asks"));
    }

    @Test
    void findsKindsAndTargetsThatNobodyHas() {
        Map<String, String> files = Map.of(
                "policy/test.drl",
                Policies.files(rule(
                                "SessionRevoked()",
                                "actions.request(\"acount.disable\", Map.of());\n  actions.revokeSessions().at(\"oktta\");\n"
                                        + "  actions.request(\"door.lock\", Map.of());"))
                        .contents()
                        .getOrDefault("policy/test.drl", ""),
                "policy/test.cases.yaml",
                FIRES);
        Surroundings known = new Surroundings(Map.of("okta", Set.of(), "door", Set.of("door.lock")));

        assertThat(PolicyCheck.of(Policies.files(files), known, ZoneOffset.UTC).problems().stream()
                        .filter(PolicyProblem::isError)
                        .map(PolicyProblem::text))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("policy/test.drl:11, rule \"x\": asks for acount.disable")
                        .contains("did you mean 'account.disable'?"))
                .anySatisfy(text -> assertThat(text)
                        .startsWith("policy/test.drl:12, rule \"x\": names target oktta")
                        .contains("did you mean 'okta'?"))
                .noneSatisfy(text -> assertThat(text).contains("door.lock"));
        assertThat(check(files).problems().stream()
                        .filter(PolicyProblem::isError)
                        .map(PolicyProblem::what))
                .as("far from any gateway")
                .noneMatch(what -> what.contains("target"));
    }

    @Test
    void asksForACaseInWhichEachRuleFiresAndForANearMiss() {
        String rules = Policies.files("""
                rule "fires" when SessionRevoked() then actions.recordInSiem(); end
                rule "never tried" when RiskLevelChange() then actions.recordInSiem(); end
                """).contents().getOrDefault("policy/test.drl", "");

        PolicyReport report = check(Map.of("policy/test.drl", rules, "policy/test.cases.yaml", FIRES));

        assertThat(report.problems().stream().map(PolicyProblem::text))
                .containsExactly(
                        "policy/test.drl:7, rule \"fires\": has no near miss; add a case to policy/test.cases.yaml with such"
                                + " an event on which it does not fire, and near-miss: \"fires\"",
                        "policy/test.drl:8, rule \"never tried\": fires in no case; add one to policy/test.cases.yaml in"
                                + " which it does");
        assertThat(report.cases()).singleElement().satisfies(failed -> {
            assertThat(failed.passed()).isFalse();
            assertThat(failed.differences()).containsExactly("not expected: siem.record, by rule \"fires\"");
        });
    }

    @Test
    void comparesActionsWithWhatACaseSaysOfThemAndNoMore() {
        String rules = Policies.files("""
                rule "disables"
                when
                  $e : SessionRevoked( common.initiatingEntity == InitiatingEntity.POLICY )
                  History( count("caep/session-revoked", "10 minutes") >= 3 )
                  Moment( hour >= 22 )
                then
                  actions.disableAccount().lasting("4 hours").because("Ended by {common.initiatingEntity}").at("okta");
                end
                """).contents().getOrDefault("policy/test.drl", "");
        String given = "  given: { event: caep/session-revoked, initiating_entity: policy }\n"
                + "  at: 2026-11-22T23:00:00Z\n  history: [ { event: caep/session-revoked, ago: 5 minutes, times: 3 } ]\n";
        String cases = "- case: as it is\n" + given
                + "  then: [ { kind: account.disable, lasts: 4 hours, because: Ended by POLICY, at: okta } ]\n"
                + "- case: the kind alone\n" + given + "  then: [ account.disable ]\n"
                + "- case: too long ago\n" + given.replace("5 minutes", "11 minutes") + "  then: []\n"
                + "- case: too early\n" + given.replace("T23", "T21") + "  then: []\n  near-miss: disables\n"
                + "- case: another time\n" + given + "  then: [ { kind: account.disable, lasts: 5 hours } ]\n"
                + "- case: another target\n" + given + "  then: [ { kind: account.disable, at: keycloak } ]\n"
                + "- case: more\n" + given + "  then: [ account.disable, siem.record ]\n  severity: HIGH\n"
                + "- case: misspelt\n" + given + "  than: []\n"
                + "- case: no such event\n  given: { event: caep/session-revokt }\n  then: []\n"
                + "- case: no such level\n  given: { event: caep/risk-level-change, principal: USER, current_level: HUGE }\n  then: []\n";

        PolicyReport report = check(Map.of("policy/test.drl", rules, "policy/test.cases.yaml", cases));

        assertThat(report.cases().stream().filter(CaseResult::passed).map(CaseResult::sentence))
                .containsExactly("as it is", "the kind alone", "too long ago", "too early");
        assertThat(report.cases().stream()
                        .filter(each -> !each.passed())
                        .map(each -> each.line() + " " + each.differences().get(0)))
                .satisfiesExactly(
                        time -> assertThat(time)
                                .startsWith(
                                        "22 expected account.disable lasting 5 hours, got account.disable at okta lasting 4 hours"),
                        target -> assertThat(target)
                                .startsWith("27 expected account.disable at keycloak, got account.disable"),
                        more -> assertThat(more).startsWith("32 expected siem.record, and nothing asked for it"));
        assertThat(report.problems().stream().map(PolicyProblem::text))
                .containsExactly(
                        "policy/test.cases.yaml:38: a case has no member 'than'; did you mean 'then'?; it has case, given,"
                                + " posture, history, at, issuer, capable, then, severity, near-miss",
                        "policy/test.cases.yaml:43: there is no type of event 'caep/session-revokt'; did you mean"
                                + " 'caep/session-revoked'?; src/docs/events.md lists them, and any other is named by its URI",
                        report.problems().get(2).text(),
                        "policy/test.drl:13, rule \"disables\": names target okta, which is not configured; configure"
                                + " signalbox.targets.okta");
        assertThat(report.problems().get(2).text())
                .startsWith(
                        "policy/test.cases.yaml:46: the event caep/risk-level-change cannot be read: current_level");
    }

    /** Once the policy is compiled: five seconds are allowed. */
    @Test
    void runsFiveHundredCasesInLessThanFiveSeconds() {
        PolicyFiles shipped = PolicyFiles.load(Path.of("rules"));
        Policy policy = Policies.shipped();
        List<PolicyCase> cases = CaseReader.of(shipped, new ArrayList<>());
        CaseRunner runner = new CaseRunner(policy, ZoneOffset.UTC, Set.of());
        long begun = System.nanoTime();
        for (int i = 0; i < 500; i++) {
            assertThat(runner.run(cases.get(i % cases.size())).differences()).isEmpty();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.getLogger("cases").log(System.Logger.Level.INFO, "500 cases in {0} s", seconds);
        assertThat(seconds).isLessThan(5);
    }

    @Test
    void readsNoCasesFromWhatIsNoYaml() throws IOException {
        Path rules = Files.createDirectories(folder.resolve("rules/policy"));
        Files.writeString(
                rules.resolve("a.drl"),
                Policies.files(rule("SessionRevoked()", "actions.recordInSiem();"))
                        .contents()
                        .getOrDefault("policy/test.drl", ""));
        Files.writeString(rules.resolve("a.cases.yaml"), "- case: [");

        assertThat(new Desk(ZoneOffset.UTC)
                        .check(rules.getParent(), Surroundings.UNKNOWN)
                        .problems())
                .anySatisfy(problem -> assertThat(problem.text()).startsWith("policy/a.cases.yaml:1: is no YAML: "));
    }

    private static String table(String columns, String... rows) {
        return """
                "RuleSet","policy"
                "Import","io.signalbox.event.CaepEvent.RiskLevelChange, io.signalbox.event.RiskLevel, io.signalbox.event.SecurityEvent"
                "Variables","io.signalbox.action.Actions actions"

                "RuleTable Bad"
                "CONDITION","ACTION"
                ,
                %s
                "Who","What"
                """.formatted(columns) + String.join("\n", rows) + "\n";
    }

    /** Without the compiler, which has no part in it. */
    private static List<String> neverFiring(String rules) {
        return PolicyCompiler.linted(Policies.files(rules)).stream()
                .flatMap(file -> NeverFires.problems(file).stream())
                .map(PolicyProblem::text)
                .toList();
    }

    private static PolicyReport check(Map<String, String> files) {
        return PolicyCheck.of(Policies.files(files), Surroundings.UNKNOWN, ZoneOffset.UTC);
    }
}
