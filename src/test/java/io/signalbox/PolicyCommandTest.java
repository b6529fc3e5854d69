package io.signalbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.wire.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What a security engineer sees who writes a rule: the way of src/docs/policy.md, from an empty folder on. */
class PolicyCommandTest {

    private static final String RULES = """
            package mine

            import io.signalbox.event.CaepEvent.SessionRevoked
            import io.signalbox.event.History
            import io.signalbox.event.InitiatingEntity

            global io.signalbox.action.Actions actions

            rule "Sessions are revoked again and again: lock the account for an hour"
            when
              SessionRevoked( common.initiatingEntity == InitiatingEntity.POLICY )
              History( count("caep/session-revoked", "10 minutes") >= 3 )
            then
              actions.lockAccount().lasting("1 hour").because("Ended by {common.initiatingEntity}, again and again");
            end
            """;
    private static final String CASES = """
            - case: the fourth within ten minutes locks
              given: { event: caep/session-revoked, initiating_entity: policy }
              history: [{ event: caep/session-revoked, ago: 5 minutes, times: 3 }]
              then: [{ kind: account.lock, lasts: 1 hour }]

            - case: the third does not
              given: { event: caep/session-revoked, initiating_entity: policy }
              history: [{ event: caep/session-revoked, ago: 5 minutes, times: 2 }]
              then: []
              near-miss: "Sessions are revoked again and again: lock the account for an hour"
            """;

    @TempDir
    Path folder;

    private Path rules;
    private int exit;

    @BeforeEach
    void write() throws IOException {
        rules = Files.createDirectories(folder.resolve("rules/mine")).getParent();
        Files.writeString(rules.resolve("mine/sessions.drl"), RULES);
        Files.writeString(rules.resolve("mine/sessions.cases.yaml"), CASES);
    }

    @Test
    void checksTestsAndExplainsAGoodPolicy() throws Exception {
        assertThat(run("check")).matches("good: pol-[0-9a-f]{12}, 1 rule\\s*");
        assertThat(exit).isZero();

        Path junit = folder.resolve("cases.xml");
        assertThat(run("test", "--junit", junit.toString())).startsWith("2 cases, 0 failed, in ");
        assertThat(exit).isZero();
        Element suite =
                (Element) document(junit).getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("name")).isEqualTo("mine/sessions.cases.yaml");
        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("failures")).isEqualTo("0");

        Path event = Files.writeString(folder.resolve("event.yaml"), """
                given: { event: caep/session-revoked, initiating_entity: policy }
                history: [{ event: caep/session-revoked, ago: 1 minute }]
                """);
        assertThat(run("explain", event.toString()))
                .contains("actions   nothing")
                .contains(
                        "NEARLY    \"Sessions are revoked again and again: lock the account for an hour\"  (mine/sessions.drl:9)")
                .contains("yes  SessionRevoked( common.initiatingEntity == InitiatingEntity.POLICY )   found POLICY")
                .contains("NO   History( count(\"caep/session-revoked\", \"10 minutes\") >= 3 )   found 1");
        assertThat(exit).isZero();
    }

    @Test
    void showsWhatACaseExpectedAndWhatWasDecidedByWhichRule() throws Exception {
        Files.writeString(rules.resolve("mine/sessions.cases.yaml"), CASES.replace("times: 2", "times: 3"));
        Path junit = folder.resolve("cases.xml");

        assertThat(run("test", "--junit", junit.toString()))
                .contains("FAILED  mine/sessions.cases.yaml:6: the third does not")
                .contains("    expected  nothing")
                .contains("    got       account.lock lasting 1 hour because \"Ended by POLICY, again and again\","
                        + " by rule \"Sessions are revoked")
                .contains("    -> the near miss fired")
                .contains("2 cases, 1 failed, in ");
        assertThat(exit).isOne();
        Element failure =
                (Element) document(junit).getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).contains("not expected: account.lock");
    }

    @Test
    void namesFileLineAndRuleOfWhatIsWrongAndCompilesNothing() throws Exception {
        Files.writeString(rules.resolve("mine/sessions.drl"), RULES.replace("\"1 hour\"", "\"a while\""));

        assertThat(run("check"))
                .startsWith(
                        "ERROR   mine/sessions.drl:14, rule \"Sessions are revoked again and again: lock the account"
                                + " for an hour\": says lasting(\"a while\"); a time is a number and seconds")
                .contains("1 error, 0 warnings; nothing was compiled or run");
        assertThat(exit).isOne();

        Map<String, Object> json = Wire.readObject(run("check", "--json"));
        assertThat(json).containsEntry("good", false);
        assertThat(String.valueOf(json.get("problems")))
                .contains("weight=error", "file=mine/sessions.drl", "line=14", "rule=Sessions are revoked");
        assertThat(run("test")).contains("nothing was compiled or run");
        assertThat(exit).isOne();
    }

    @Test
    void holdsTargetsAgainstTheConfiguration() throws Exception {
        Files.writeString(
                rules.resolve("mine/sessions.drl"),
                RULES.replace(".lasting(\"1 hour\")", ".lasting(\"1 hour\").at(\"keyclok\")"));

        assertThat(run("check", "--signalbox.targets.keycloak.kind=scim"))
                .contains("ERROR   mine/sessions.drl:14")
                .contains("names target keyclok, which is not configured; did you mean 'keycloak'?");
        assertThat(exit).isOne();
        assertThat(run("check")).contains("WARNING mine/sessions.drl:14").contains("0 errors, 1 warning");
        assertThat(exit).isZero();
    }

    @Test
    void saysHowItIsMeantToBeCalled() {
        assertThat(run("publish")).isEmpty();
        assertThat(exit).isEqualTo(CommandLine.MISUSE);
        assertThat(run("explain", folder.resolve("nothing").toString())).contains("cannot be read");
        assertThat(exit).isOne();
        assertThat(run("check", "--rules", "nowhere")).contains("--rules");
    }

    private String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> line = new ArrayList<>(List.of(arguments));
        if (!line.contains("--rules")) {
            line.addAll(List.of("--rules", rules.toString()));
        }
        exit = PolicyCommand.run(
                line, new ByteArrayInputStream(new byte[0]), new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Document document(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }
}
