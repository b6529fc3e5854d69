package io.signalbox.decide;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.action.Decision;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyActivation.Cause;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyStatus;
import io.signalbox.policy.Publication;
import io.signalbox.policy.Surroundings;
import io.signalbox.policy.Swap;
import io.signalbox.testing.InMemoryPolicyBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** Which policy decides, whoever changes it and however often nodes start again. */
class PublishedPoliciesTest {

    @TempDir
    Path home;

    private final InMemoryPolicyBook book = new InMemoryPolicyBook();
    private Path rules;

    @BeforeEach
    void makeTheFolder() {
        rules = home.resolve("rules");
    }

    /** A node of the gateway, and its watch, which looks when the test says so. */
    private final class Node {
        final PublishedPolicies policies;
        final PolicyWatch watch;

        Node(boolean folderCounts) {
            this(folderCounts, Surroundings.UNKNOWN);
        }

        Node(boolean folderCounts, Surroundings known) {
            RulesFolder folder = new RulesFolder(rules);
            policies = new PublishedPolicies(book, folder, folderCounts, known, ZoneOffset.UTC, Policies.CLOCK);
            watch = new PolicyWatch(policies, null, folderCounts ? folder : null, Duration.ofSeconds(1));
        }

        Node looks(int times) {
            for (int i = 0; i < times; i++) {
                watch.look();
            }
            return this;
        }

        /** What the policy that decides notes, which is how these policies differ. */
        String says() {
            Decision decision = Policies.deciding(policies.get()).decide(Policies.highRiskOfAUser(), Map.of());
            return Objects.requireNonNull(decision.actions().get(0).parameters().get("text"));
        }

        String publish(String text) {
            return ((Publication.Kept) policies.publish(contents(text), "ada", "try " + text))
                    .version()
                    .id();
        }
    }

    private Node start() {
        return new Node(true);
    }

    private static Map<String, String> contents(String text) {
        Map<String, String> contents =
                new TreeMap<>(Policies.files("""
                        rule "says" when RiskLevelChange( currentLevel == RiskLevel.HIGH )
                        then actions.note("%s"); end
                        """.formatted(text)).contents());
        return withCases(contents, "[ticket.note]", "says");
    }

    private static Map<String, String> withCases(Map<String, String> contents, String then, String... rules) {
        StringBuilder cases = new StringBuilder("""
                - case: a HIGH risk
                  given: {event: caep/risk-level-change, principal: USER, current_level: HIGH}
                  then: %s
                """.formatted(then));
        for (String rule : rules) {
            cases.append("""
                    - case: no HIGH risk, no %1$s
                      given: {event: caep/risk-level-change, principal: USER, current_level: LOW}
                      near-miss: "%1$s"
                      then: []
                    """.formatted(rule));
        }
        contents.put("policy/test.cases.yaml", cases.toString());
        return contents;
    }

    private void edit(String text) throws IOException {
        for (Map.Entry<String, String> file : contents(text).entrySet()) {
            Path path = rules.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    private void breakTheFolder() throws IOException {
        Files.writeString(rules.resolve("policy/test.drl"), "package policy\nrule \"half\" when");
    }

    @Test
    void theFirstStartKeepsWhatTheFolderHolds() throws IOException {
        edit("one");

        Node node = start();

        assertThat(node.says()).isEqualTo("one");
        PolicyActivation first = book.active().orElseThrow();
        assertThat(first.cause()).isEqualTo(Cause.FIRST);
        assertThat(first.by()).isEqualTo("rules folder");
        assertThat(book.files(first.versionId()).orElseThrow()).isEqualTo(contents("one"));
        assertThat(node.policies.status().needsAttention()).isFalse();
    }

    @Test
    void aNodeWithoutAnyPolicyThatCanDecideDoesNotStart() throws IOException {
        edit("one");
        breakTheFolder();

        assertThatThrownBy(this::start).isInstanceOf(BrokenPolicyException.class);
        assertThat(book.active()).isEmpty();
    }

    @Test
    void whoNamesATargetThatIsNotConfiguredHereIsNotPublished() throws IOException {
        edit("one");
        Node node = new Node(true, new Surroundings(Map.of("keycloak", Set.of())));
        Map<String, String> contents = contents("two");
        contents.replaceAll(
                (path, text) -> text.replace("actions.note(\"two\")", "actions.note(\"two\").at(\"keycloack\")"));

        assertThat(((Publication.Refused) node.policies.publish(contents, "ada", "")).problems())
                .extracting(PolicyProblem::text)
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("names target keycloack, which is not configured; did you mean 'keycloak'?");
        contents.replaceAll((path, text) -> text.replace("keycloack", "keycloak")
                .replace("actions.note(", "actions.request(\"door.lock\", Map.of()); actions.note("));
        contents = withCases(contents, "[door.lock, ticket.note]", "says");
        assertThat(((Publication.Kept) node.policies.publish(contents, "ada", ""))
                        .version()
                        .check()
                        .remarks())
                .as("without a list of its own, a target may do what its connector does")
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("asks for door.lock, which no target lists");
    }

    @Test
    void anEditGoesLiveOnceItIsFinished() throws IOException {
        edit("one");
        Node node = start().looks(2);

        edit("two");
        node.looks(1);
        assertThat(node.says()).isEqualTo("one");
        node.looks(1);

        assertThat(node.says()).isEqualTo("two");
        assertThat(book.active().orElseThrow().cause()).isEqualTo(Cause.FOLDER);
    }

    @Test
    void aBadEditNeverGoesLiveAndSaysSoUntilItIsMended() throws IOException {
        edit("one");
        Node node = start();

        breakTheFolder();
        node.looks(3);

        assertThat(node.says()).isEqualTo("one");
        PolicyStatus status = node.policies.status();
        assertThat(status.needsAttention()).isTrue();
        assertThat(Objects.requireNonNull(status.folder()).problems()).isNotEmpty();
        assertThat(book.active().orElseThrow().number()).isEqualTo(1);

        edit("two");
        node.looks(2);
        assertThat(node.says()).isEqualTo("two");
        assertThat(node.policies.status().folder()).isNull();
    }

    @Test
    void anEditWhoseCasesAreNotDecidedAsTheySayNeverGoesLive() throws IOException {
        edit("one");
        Node node = start();

        edit("two");
        Files.writeString(
                rules.resolve("policy/test.cases.yaml"),
                contents("two").getOrDefault("policy/test.cases.yaml", "").replace("[ticket.note]", "[ticket.open]"));
        node.looks(2);

        assertThat(node.says()).isEqualTo("one");
        assertThat(Objects.requireNonNull(node.policies.status().folder()).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .contains("policy/test.cases.yaml:1", "a HIGH risk", "is not decided as it says"));
    }

    @Test
    void aNodeThatStartsWithABadFolderGoesOnWithTheLastGoodPolicy() throws IOException {
        edit("one");
        Node before = start();
        assertThat(before.says()).isEqualTo("one");
        breakTheFolder();

        Node again = start();

        assertThat(again.says()).isEqualTo("one");
        assertThat(again.policies.status().needsAttention()).isTrue();
    }

    @Test
    void aFolderThatIsGoneBringsNoOtherPolicy() throws IOException {
        edit("one");
        Node node = start();
        FileSystemUtils.deleteRecursively(rules);

        node.looks(3);
        Node again = start();

        assertThat(node.says()).isEqualTo("one");
        assertThat(node.policies.status().needsAttention()).isTrue();
        assertThat(again.says()).isEqualTo("one");
        assertThat(again.policies.status().needsAttention()).isTrue();
    }

    @Test
    void whatWasRolledBackToHoldsOverRestartsUntilTheFolderIsEdited() throws IOException {
        edit("one");
        Node node = start();
        edit("two");
        node.looks(2);

        assertThat(node.policies.rollBack("ada", "it was too much")).isInstanceOf(Swap.Done.class);
        assertThat(node.says()).isEqualTo("one");
        node.looks(3);
        assertThat(node.says()).isEqualTo("one");
        Node again = start().looks(3);
        assertThat(again.says()).isEqualTo("one");
        assertThat(Objects.requireNonNull(again.policies.status().folder()).problems())
                .isEmpty();

        edit("three");
        again.looks(2);
        assertThat(again.says()).isEqualTo("three");
    }

    @Test
    void aRollbackGoesFurtherBackEachTime() throws IOException {
        edit("one");
        Node node = start();
        for (String text : List.of("two", "three")) {
            assertThat(node.policies.activate(node.publish(text), "ada", "")).isInstanceOf(Swap.Done.class);
        }

        List<String> said = new ArrayList<>();
        while (node.policies.rollBack("bob", "") instanceof Swap.Done) {
            said.add(node.says());
        }

        assertThat(said).containsExactly("two", "one");
        assertThat(node.policies.rollBack("bob", "")).isInstanceOf(Swap.NothingBefore.class);
        assertThat(book.active().orElseThrow().by()).isEqualTo("bob");
    }

    @Test
    void publishingChecksAndKeepsAndChangesNothing() throws IOException {
        edit("one");
        Node node = start();

        String two = node.publish("two");

        assertThat(node.says()).isEqualTo("one");
        assertThat(book.version(two).orElseThrow().author()).isEqualTo("ada");
        assertThat(node.policies.publish(contents("two"), "bob", ""))
                .isEqualTo(new Publication.Kept(book.version(two).orElseThrow(), false));
        assertThat(node.policies.publish(Map.of("../policy/x.drl", ""), "ada", ""))
                .isInstanceOf(Publication.Refused.class);
        Publication refused = node.policies.publish(
                Policies.files("rule \"runs code\" when RiskLevelChange() then System.exit(1); end")
                        .contents(),
                "ada",
                "");
        assertThat(((Publication.Refused) refused).problems().toString()).contains("runs code");
        assertThat(node.policies.activate("pol-none", "ada", "")).isInstanceOf(Swap.Unknown.class);
        assertThat(node.policies.activate(book.active().orElseThrow().versionId(), "ada", ""))
                .isInstanceOf(Swap.Already.class);
    }

    @Test
    void allNodesComeToTheLastActivation() throws IOException {
        edit("one");
        Node node = start();
        Node other = start();
        String two = node.publish("two");

        assertThat(node.policies.activate(two, "ada", "")).isInstanceOf(Swap.Done.class);
        assertThat(other.says()).isEqualTo("one");
        other.looks(1);
        assertThat(other.says()).isEqualTo("two");

        // Both see the same edit, and neither undoes what the other did.
        edit("three");
        node.looks(2);
        other.looks(2);
        assertThat(List.of(node.says(), other.says())).containsExactly("three", "three");
        assertThat(book.active().orElseThrow().number()).isEqualTo(3);
        node.looks(2);
        other.looks(2);
        assertThat(book.active().orElseThrow().number()).isEqualTo(3);
    }

    @Test
    void whereTheLedgerCountsTheFolderOnlySpeaksOnce() throws IOException {
        edit("one");
        Node node = new Node(false);
        edit("two");

        node.looks(3);
        Node again = new Node(false).looks(3);

        assertThat(node.says()).isEqualTo("one");
        assertThat(again.says()).isEqualTo("one");
    }

    @Test
    void aLedgerThatIsGoneChangesNothingButIsSeen() throws IOException {
        edit("one");
        Node node = start();
        book.gone(true);

        node.looks(1);
        assertThat(node.says()).isEqualTo("one");
        assertThat(node.policies.status().behind()).isNotNull();

        book.gone(false);
        node.looks(1);
        assertThat(node.policies.status().behind()).isNull();
    }

    /** I-7: rules, parameters and the version that is named always belong together, and no decision is missing. */
    @Test
    void noEventIsDecidedByHalfAPolicyWhileTheyAreSwapped() throws Exception {
        Files.createDirectories(rules);
        for (Map.Entry<String, String> file : pair("first").entrySet()) {
            Path path = rules.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        PublishedPolicies policies = start().policies;
        String first = policies.status().version().id();
        String second = ((Publication.Kept) policies.publish(pair("second"), "ada", ""))
                .version()
                .id();
        Map<String, String> said = Map.of(first, "first", second, "second");
        DecideActions decide = new DecideActions(Policies.EVERYTHING, Policies.CLOCK, policies);
        Signal signal = Policies.highRiskOfAUser();
        AtomicBoolean swapping = new AtomicBoolean(true);
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<List<Decision>>> deciding = new ArrayList<>();
        try {
            for (int i = 0; i < threads; i++) {
                deciding.add(pool.submit(() -> {
                    List<Decision> decisions = new ArrayList<>();
                    while (swapping.get() && decisions.size() < 2_000) {
                        decisions.add(decide.decide(signal, Map.of()));
                    }
                    return decisions;
                }));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(policies.activate(i % 2 == 0 ? second : first, "ada", ""))
                        .isInstanceOf(Swap.Done.class);
                assertThat(decide.decide(signal, Map.of()).policyVersion()).isEqualTo(i % 2 == 0 ? second : first);
            }
            swapping.set(false);
            TreeSet<String> versions = new TreeSet<>();
            for (Future<List<Decision>> each : deciding) {
                for (Decision decision : each.get()) {
                    versions.add(decision.policyVersion());
                    String whole = said.get(decision.policyVersion());
                    assertThat(decision.rules()).containsExactly("a " + whole, "b " + whole);
                    assertThat(decision.actions()).hasSize(2).allSatisfy(action -> {
                        assertThat(action.parameters()).containsValue(whole);
                        assertThat(action.because().policyVersion()).isEqualTo(decision.policyVersion());
                    });
                }
            }
            assertThat(versions).hasSize(2);
        } finally {
            swapping.set(false);
            pool.shutdown();
        }
    }

    private static Map<String, String> pair(String text) {
        return withCases(
                new TreeMap<>(Policies.files("""
                        rule "a %1$s" when RiskLevelChange( currentLevel == RiskLevel.HIGH ) then actions.note("%1$s"); end
                        rule "b %1$s" when RiskLevelChange( currentLevel == RiskLevel.HIGH )
                        then actions.openTicket("%1$s"); end
                        """.formatted(text)).contents()),
                "[ticket.note, ticket.open]",
                "a " + text,
                "b " + text);
    }
}
