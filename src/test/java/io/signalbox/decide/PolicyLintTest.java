package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.signalbox.policy.PolicyProblem;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Editing policy is no way to run code. */
class PolicyLintTest {

    static Stream<Arguments> forbiddenThens() {
        return Stream.of(
                Arguments.of("System.exit(1);", "says 'System'"),
                Arguments.of("java.lang.Runtime.getRuntime().exec(\"id\");", "says 'java'"),
                Arguments.of("insert(new Object());", "says 'insert'"),
                Arguments.of("update($e);", "says 'update'"),
                Arguments.of("modify($e) { };", "'{' is not allowed here"),
                Arguments.of("delete($e);", "says 'delete'"),
                Arguments.of("retract($e);", "says 'retract'"),
                Arguments.of("drools.halt();", "says 'drools'"),
                Arguments.of("kcontext.getKieRuntime().halt();", "says 'kcontext'"),
                Arguments.of("actions.explode();", "says 'actions.explode', which is no action"),
                Arguments.of("actions.getClass();", "says 'actions.getClass', which is no action"),
                Arguments.of("actions.note(System.getenv(\"HOME\"));", "passes 'System'"),
                Arguments.of("actions.note(\"\" + new java.io.File(\"/\").list());", "passes 'new'"),
                Arguments.of("actions.note($e.getClass().getName());", "passes 'getClass'"),
                Arguments.of("actions.note($e.toJson().clear());", "passes 'toJson'"),
                Arguments.of("actions.note(actions.toString());", "passes 'actions'"),
                Arguments.of("actions.note('x');", "passes ''x''"),
                Arguments.of("actions.note((String) null);", "passes '('"),
                Arguments.of("actions.note(\"\\u0022 + System.getenv() + \\u0022\");", "'\\u' is not allowed here"),
                Arguments.of("// \\u000a System.exit(1);\nactions.recordInSiem();", "'\\u' is not allowed here"),
                Arguments.of("/* \\u002a\\u002f System.exit(1); /* */ actions.recordInSiem();", "'\\u' is not allowed"),
                Arguments.of("actions.note(\"\" + Severity.class);", "says 'Severity.class', which is none of INFO"),
                Arguments.of("if (true) { actions.recordInSiem(); }", "'{' is not allowed here"),
                Arguments.of("String x = \"a\";", "'=' is not allowed here"),
                Arguments.of("actions = null;", "'=' is not allowed here"),
                Arguments.of("for (;;);", "says 'for'"),
                Arguments.of("actions.recordInSiem(); while (true);", "says 'while'"),
                Arguments.of("new Thread(() -> {}).start();", "'{' is not allowed here"),
                Arguments.of("// actions.recordInSiem();", "asks for nothing"),
                Arguments.of("/* */ ; actions.recordInSiem();", "says ';'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forbiddenThens")
    void refusesAThenPartThatDoesMoreThanAskForActions(String then, String why) {
        assertThat(problem("rule \"bad\" when $e : RiskLevelChange() then\n" + then + "\nend"))
                .startsWith("policy/test.drl:8, rule \"bad\": " + why)
                .contains("a rule's then-part consists of calls such as actions.revokeSessions()");
    }

    static Stream<Arguments> forbiddenWhens() {
        return Stream.of(
                Arguments.of("eval( System.exit(1) == null )", "uses 'eval'"),
                Arguments.of("RiskLevelChange( eval(true) )", "'eval' is not allowed in a condition"),
                Arguments.of(
                        "RiskLevelChange( System.getenv(\"HOME\") != null )",
                        "names 'System', which is no type of the model"),
                Arguments.of(
                        "RiskLevelChange( java.lang.System.getenv(\"HOME\") != null )",
                        "names 'java', which is no member of the model"),
                Arguments.of("RiskLevelChange( this.getClass() != null )", "calls 'getClass'"),
                Arguments.of("RiskLevelChange( class.classLoader != null )", "'class' is not allowed in a condition"),
                Arguments.of(
                        "RiskLevelChange( currentLevel.declaringClass != null )", "'declaringClass' is not allowed"),
                Arguments.of(
                        "RiskLevelChange( new java.io.File(\"/\") != null )", "'new' is not allowed in a condition"),
                Arguments.of("RiskLevelChange( principal.matches(\"a\") )", "calls 'matches'"),
                Arguments.of("RiskLevelChange( others.clear() == null )", "calls 'clear'"),
                Arguments.of("RiskLevelChange( principal == 'a\" + System.exit(1) + \"b' )", "names 'System'"),
                Arguments.of("RiskLevelChange( principal == \"\\u0022 + x\" )", "'\\u' is not allowed here"),
                Arguments.of("Object()", "asks for Object, which is no type of the model"),
                Arguments.of("java.lang.Object()", "asks for java.lang.Object"),
                Arguments.of("String() from System.getenv().values()", "asks for String"),
                Arguments.of(
                        "RiskLevelChange() from new java.util.ArrayList()", "takes RiskLevelChange from elsewhere"),
                Arguments.of("RiskLevelChange() from entry-point \"x\"", "takes RiskLevelChange from elsewhere"),
                Arguments.of("accumulate( RiskLevelChange(); $n : count(1) )", "asks for Object"),
                Arguments.of("forall( RiskLevelChange() )", "uses 'forall'"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forbiddenWhens")
    void refusesAWhenPartThatAsksForMoreThanTheModel(String when, String why) {
        assertThat(problem("rule \"bad\" when " + when + " then actions.recordInSiem(); end"))
                .contains("policy/test.drl:7, rule \"bad\"")
                .contains(why)
                .contains("a rule's when-part consists of patterns over the types of io.signalbox.event");
    }

    static Stream<Arguments> forbiddenHeaders() {
        return Stream.of(
                Arguments.of("import java.io.File", "imports java.io.File; only types of io.signalbox.event"),
                Arguments.of("import io.signalbox.App", "imports io.signalbox.App"),
                Arguments.of("import io.signalbox.eventual.Evil", "imports io.signalbox.eventual.Evil"),
                Arguments.of("import java.util.*", "imports java.util.*"),
                Arguments.of("import function java.lang.System.exit", "'import static' and 'import function'"),
                Arguments.of("import static java.lang.System.exit", "'import static' and"),
                Arguments.of("import accumulate java.lang.String x", "'import accumulate'"),
                Arguments.of("global java.util.List list", "declares global list; the only one is"),
                Arguments.of("global io.signalbox.action.Actions others", "declares global others; the only one is"),
                Arguments.of("function void f() { System.exit(1); }", "uses 'function'"),
                Arguments.of("declare Thing\n  name : String\nend", "uses 'declare'"),
                Arguments.of("declare Evil extends java.lang.Thread x : int end", "uses 'declare'"),
                Arguments.of("declare window W RiskLevelChange() over window:length(1) end", "'declare window'"),
                Arguments.of("declare enum Colour RED; end", "uses 'declare enum'"),
                Arguments.of("query \"q\" RiskLevelChange() end", "is a query"),
                Arguments.of("dialect \"mvel\"", "sets 'dialect' for all its rules"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forbiddenHeaders")
    void refusesAHeaderThatReachesOut(String header, String why) {
        assertThat(problem(header + "\nrule \"fine\" when RiskLevelChange() then actions.recordInSiem(); end"))
                .startsWith("policy/test.drl")
                .contains(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dialect \"mvel\"",
                "salience (System.identityHashCode(\"\"))",
                "timer (int: 1s)",
                "date-effective \"01-Jan-2030\"",
                "enabled (System.getenv() != null)",
                "agenda-group \"x\"",
                "no-loop true"
            })
    void refusesAttributesThatComputeOrHangOnTheHour(String attribute) {
        assertThat(problem("rule \"bad\" " + attribute + " when RiskLevelChange() then actions.recordInSiem(); end"))
                .startsWith("policy/test.drl:7, rule \"bad\": ")
                .contains("salience");
    }

    /** Names go into generated source as they are. */
    @ParameterizedTest
    @ValueSource(strings = {"x */ static { System.exit(1); } /*", "x\\u0022", "x\\\" + y"})
    void refusesANameThatCouldEndTheTextItIsWrittenInto(String name) {
        assertThat(problem("rule \"" + name + "\" when RiskLevelChange() then actions.recordInSiem(); end"))
                .startsWith("policy/test.drl:7: ");
    }

    @Test
    void refusesARuleThatExtendsAnother() {
        assertThat(problem("""
                        rule "first" when RiskLevelChange() then actions.recordInSiem(); end
                        rule "bad" extends "first" when then actions.recordInSiem(); end
                        """)).contains("rule \"bad\": extends another rule");
    }

    /** The parser of the engine takes three times as long for each level: fourteen of them took minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"", "// \"\n", "/* \" */", "// x\r"})
    void refusesConditionsThatTheParserWouldNotComeToAnEndWith(String before) {
        String condition = "(".repeat(40) + "principal == \"a\"" + ")".repeat(40);
        assertThat(problem("rule \"deep\" when " + before + " RiskLevelChange( " + condition
                        + " )\nthen actions.recordInSiem(); end"))
                .isEqualTo("policy/test.drl: has more than 8 parentheses in one another; write several rules");
    }

    @Test
    void aChainTooLongForTheCompilerIsAProblemAndNoCrash() {
        assertThat(problem("rule \"long\" when RiskLevelChange() then actions.note(\"a\"" + " + \"a\"".repeat(30_000)
                        + "); end"))
                .contains("too long a chain");
    }

    @Test
    void countsNoParenthesesInTextsAndComments() {
        assertThat(Nesting.of("a(b[\"((((((((((\\\"((\", '((((((((((((('], c) // ((((((((((\n /* (((((((((( */ d(e)"))
                .isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            RiskLevelChange( "USER"; )                  | asks for a value without its member; write RiskLevelChange(
            actions : RiskLevelChange()                 | binds 'actions'; a bound name begins with $
            History( count/* */("*", "1 day") >= 1 )    | computes what it counts; write History( count(
            """)
    void saysHowItIsWrittenInstead(String when, String why) {
        assertThat(problem("rule \"bad\" when " + when + " then actions.recordInSiem(); end"))
                .startsWith("policy/test.drl:7, rule \"bad\": " + why);
    }

    @Test
    void looksIntoDecisionTablesToo() {
        PolicyFiles files = Policies.filesAt("policy/table.drl.csv", """
                "RuleSet","policy"
                "Import","io.signalbox.event.CaepEvent.RiskLevelChange"
                "Variables","io.signalbox.action.Actions actions"

                "RuleTable Bad"
                "CONDITION","ACTION"
                ,
                "RiskLevelChange( principal == ""$param"" )","System.exit($param);"
                "Who","What"
                "USER","1"
                """);

        assertThat(catchThrowableOfType(BrokenPolicyException.class, () -> PolicyCompiler.compile(files)))
                .hasMessageContaining("policy/table.drl.csv:10, rule \"Bad_")
                .hasMessageContaining("says 'System'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rule \"a\" when RiskLevelChange( principal in (\"USER\", \"GROUP\"), riskReason contains \"BREACH\" )"
                        + " then actions.recordInSiem(); end",
                "rule \"a\" when $s : SecurityEvent( subject != null, subject.format == \"email\","
                        + " issuer str[startsWith] \"https://\" ) $e : RiskLevelChange( $p : principal, others[\"vendor_score\"]"
                        + " != null ) then actions.note(\"rated: \" + $e.currentLevel() + \" by \" + $s.issuer()); end",
                "rule \"a\" salience 10 when not RiskLevelChange() then /* nothing rated */ actions.severity(Severity.LOW);"
                        + " end",
                "rule \"a\" when RiskLevelChange() or SessionRevoked() then actions.request(\"network.block\","
                        + " Map.of(\"zone\", \"guest\")); end",
                "rule \"a\" when (CredentialChange( changeType == ChangeType.DELETE || == ChangeType.REVOKE ) and exists"
                        + " SecurityEvent( payload.alias matches \"caep/.*\" )) then actions.openTicket(\"look; \\\"here\\\"\");"
                        + " end",
                "rule \"a\" when UnknownEvent( uri == \"https://vendor.example/x\", payload[\"level\"] == \"7\" ) then"
                        + " actions.recordInSiem(); end",
            })
    void letsThroughWhatAsksAboutEventsAndSpeaksToActions(String rule) {
        assertThatCode(() -> Policies.policy(rule)).doesNotThrowAnyException();
    }

    /** And a text in a cell ends where the cell says, whatever it holds. */
    @Test
    void readsWhatSpreadsheetProgramsWriteAndSaysWhenTheyWroteSemicolons() {
        String table = """
                "RuleSet","policy"
                "Import","io.signalbox.event.CaepEvent.RiskLevelChange"
                "Variables","io.signalbox.action.Actions actions"

                "RuleTable Whose"
                "CONDITION","ACTION"
                ,
                "RiskLevelChange( principal == ""$param"" )","actions.note(""$param"");"
                "Who","What"
                "USER","a""); System.exit(1); actions.note(""b"
                """;
        PolicyFiles marked = Policies.filesAt("policy/table.drl.csv", "\ufeff" + table.replace("\n", "\r\n"));
        PolicyFiles semicolons = Policies.filesAt("policy/table.drl.csv", table.replace("\",\"", "\";\""));

        assertThat(PolicyCompiler.linted(marked)).singleElement().satisfies(file -> assertThat(
                        PolicyLint.wishes(file, file.rules().get(0)))
                .hasSize(1));
        assertThat(catchThrowableOfType(BrokenPolicyException.class, () -> PolicyCompiler.linted(semicolons)))
                .hasMessageContaining("policy/table.drl.csv:1")
                .hasMessageContaining("save it as a CSV file with commas");
    }

    private static String problem(String rules) {
        BrokenPolicyException broken =
                catchThrowableOfType(BrokenPolicyException.class, () -> PolicyCompiler.compile(Policies.files(rules)));
        assertThat(broken).as("a refusal of " + rules).isNotNull();
        return broken.problems().stream().map(PolicyProblem::text).collect(Collectors.joining("\n"));
    }
}
