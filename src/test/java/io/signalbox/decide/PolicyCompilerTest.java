package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.signalbox.policy.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A policy either compiles whole, or says which file and which rule is at fault. */
class PolicyCompilerTest {

    private static final String RULE = "rule \"fine\" when RiskLevelChange() then actions.recordInSiem(); end\n";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            RiskLevelChange( principle == "USER" )              | actions.recordInSiem(); | principle
            RiskLevelChange( currentLevel == RiskLevel.HUGE )   | actions.recordInSiem(); | HUGE
            RiskLevelChange( currentLevel == "HIGH" )           | actions.recordInSiem(); | RiskLevel
            RiskLevelChange()                                   | actions.openTicket(5);  | openTicket(String)
            $e : RiskLevelChange()                              | actions.note($f.principal()); | $f
            """)
    void namesFileAndRuleOfWhatDoesNotCompile(String when, String then, String message) {
        PolicyFiles files = Policies.files(RULE + "rule \"The broken one\" when " + when + " then " + then + " end\n");

        assertThat(broken(files))
                .hasMessageStartingWith("The policy in a test cannot be used:")
                .hasMessageContaining("policy/test.drl:8, rule \"The broken one\": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("rule \"fine\"");
    }

    @Test
    void namesFileLineAndRuleOfWhatCannotBeRead() {
        assertThat(broken(Policies.files(RULE + "rule \"The broken one\" when RiskLevelChange( then end")))
                .hasMessageContaining("policy/test.drl:8: ")
                .hasMessageContaining("Line 8")
                .hasMessageContaining("The broken one");
    }

    @Test
    void refusesAPackageThatIsNotItsFolder() {
        assertThat(broken(Policies.filesAt("emea/test.drl", "package policy\n")))
                .hasMessageContaining(
                        "emea/test.drl: begins with 'package policy' but lies where 'package emea' belongs");
    }

    @Test
    void refusesOneNameForTwoRules() {
        String other =
                "package other\nimport io.signalbox.event.CaepEvent.*\nglobal io.signalbox.action.Actions actions\n";
        PolicyFiles files = Policies.files(Map.of(
                "other/a.drl",
                other + RULE,
                "other/a.cases.yaml",
                "[]",
                "other/b.drl",
                other + RULE,
                "other/b.cases.yaml",
                "[]"));

        assertThat(broken(files))
                .hasMessageContaining("other/b.drl:4, rule \"fine\": there is one of this name in other/a.drl");
    }

    @Test
    void refusesAPolicyWithoutARule() {
        assertThat(broken(Policies.files(""))).hasMessageContaining("there is not one rule in its files");
        assertThat(broken(Policies.files(Map.of()))).hasMessageContaining("there is no .drl or .drl.csv file");
    }

    @Test
    void refusesRulesWithoutCasesAndCasesWithoutRules() {
        assertThat(broken(Policies.files(Map.of("policy/a.drl", "package policy", "policy/b.cases.yaml", "[]"))))
                .hasMessageContaining("policy/a.drl: has no cases; write them in policy/a.cases.yaml beside it")
                .hasMessageContaining("policy/b.cases.yaml: there is no policy/b.drl or policy/b.drl.csv");
    }

    @Test
    void refusesAFileThatIsNoneOfAPolicy() throws IOException {
        copyShippedTo(folder);
        Files.writeString(folder.resolve("policy/extra.drl.bak"), "package policy");
        Files.writeString(folder.resolve("policy/table.xls"), "");

        assertThat(broken(PolicyFiles.load(folder)))
                .hasMessageContaining("policy/extra.drl.bak: is no file of a policy")
                .hasMessageContaining("policy/table.xls: is no file of a policy");
    }

    /** A mounted configuration map consists of links; what lies outside would be kept in the ledger and shown. */
    @Test
    void followsLinksWithinItsFolderAndNoneThatLeadsOut() throws IOException {
        copyShippedTo(folder.resolve("rules/..data"));
        Files.createSymbolicLink(folder.resolve("rules/policy"), Path.of("..data/policy"));
        Files.createDirectories(folder.resolve("rules/own"));
        Files.createSymbolicLink(folder.resolve("rules/own/notes.md"), folder.resolve("rules/..data/README.md"));
        assertThat(PolicyFiles.load(folder.resolve("rules")).contents()).containsKey("own/notes.md");

        Path secret = Files.writeString(folder.resolve("secret"), "the operator's token");
        Files.createSymbolicLink(folder.resolve("rules/own/secret.md"), secret);
        assertThatThrownBy(() -> PolicyFiles.load(folder.resolve("rules")))
                .isInstanceOf(BrokenPolicyException.class)
                .hasMessageContaining("own/secret.md: is a link that leads out of the rules folder")
                .hasMessageNotContaining("token");
    }

    @Test
    void saysWhatItWillNotRead() throws IOException {
        Files.createDirectories(folder.resolve("policy"));
        Files.write(folder.resolve("policy/latin.drl"), new byte[] {'r', (byte) 0xfc});
        assertThatThrownBy(() -> PolicyFiles.load(folder)).hasMessageContaining("policy/latin.drl: is not in UTF-8");
        Files.write(folder.resolve("policy/latin.drl"), new byte[PolicyFiles.LARGEST + 1]);
        assertThatThrownBy(() -> PolicyFiles.load(folder)).hasMessageContaining("is larger than 4000000 characters");
        assertThat(Policies.files(Map.of("policy/a\"; b.drl", "")).problems())
                .extracting(PolicyProblem::what)
                .anyMatch(what -> what.startsWith("has a name that cannot be used"));
    }

    @Test
    void passesOverHiddenFiles() throws IOException {
        copyShippedTo(folder);
        Files.writeString(folder.resolve("policy/.extra.drl.swp"), "x");
        Files.createDirectory(folder.resolve(".generation"));
        Files.writeString(folder.resolve(".generation/x.drl"), "x");

        assertThat(PolicyCompiler.compile(PolicyFiles.load(folder)).version())
                .isEqualTo(Policies.shipped().version());
    }

    @Test
    void refusesARulesDirectoryThatIsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("rules"), "");

        assertThat(catchThrowableOfType(BrokenPolicyException.class, () -> PolicyFiles.load(file)))
                .hasMessageContaining("signalbox.rules-directory must name a folder");
    }

    @Test
    void takesTheRulesInTheJarWhereThereIsNoFolderAndTheyAreTheSamePolicy() {
        Policy fromJar = PolicyCompiler.compile(PolicyFiles.load(folder.resolve("absent")));

        assertThat(fromJar.info())
                .isEqualTo(new PolicyInfo(
                        Policies.shipped().version(),
                        Policies.shipped().info().ruleCount(),
                        Policies.shipped().info().fileCount(),
                        "the jar"));
        assertThat(Policies.shipped().info().origin()).isEqualTo("rules");
        assertThat(fromJar.version()).matches("pol-[0-9a-f]{12}");
    }

    @Test
    void countsEveryRowOfADecisionTableAsARule() {
        assertThat(Policies.shipped().order()).containsKey("Severity of a fallen assurance level");
        assertThat(Policies.shipped().info().fileCount())
                .isEqualTo(PolicyFiles.load(Path.of("rules")).rules().size());
    }

    @Test
    void givesAnotherVersionForAnyChangeOfRulesOrCasesButNotOfExplanations() throws IOException {
        copyShippedTo(folder);
        String version = PolicyFiles.load(folder).version();

        Files.writeString(folder.resolve("policy/EXPLAINED.md"), "# Why");
        assertThat(PolicyFiles.load(folder).version()).isEqualTo(version);

        Path cases = folder.resolve("policy/session-revoked.cases.yaml");
        Files.writeString(cases, Files.readString(cases) + "\n");
        assertThat(PolicyFiles.load(folder).version()).isNotEqualTo(version);
    }

    private static void copyShippedTo(Path folder) throws IOException {
        for (Map.Entry<String, String> file :
                PolicyFiles.load(Path.of("rules")).contents().entrySet()) {
            Path copy = folder.resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            Files.writeString(copy, file.getValue());
        }
    }

    private static BrokenPolicyException broken(PolicyFiles files) {
        BrokenPolicyException broken =
                catchThrowableOfType(BrokenPolicyException.class, () -> PolicyCompiler.compile(files));
        assertThat(broken).isNotNull();
        return broken;
    }
}
