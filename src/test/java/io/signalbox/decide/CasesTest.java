package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.action.Action;
import io.signalbox.action.Decision;
import io.signalbox.event.EventCatalog;
import io.signalbox.event.UnknownEvent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The shipped policy does what its cases say, and its cases say something about every rule. */
class CasesTest {

    private final PolicyFiles files = PolicyFiles.load(Path.of("rules"));
    private final List<PolicyCase> cases = PolicyCase.of(files);
    private final DecideActions decideActions = Policies.deciding(Policies.shipped());

    @TestFactory
    Stream<DynamicTest> eachCaseIsDecidedAsItSays() {
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.file() + ": " + each.sentence(), () -> {
                    assertThat(each.signal().events())
                            .allSatisfy(event -> assertThat(event.payload() instanceof UnknownEvent)
                                    .as("an event that reads as the type it names")
                                    .isEqualTo(each.event().contains(":")
                                            && EventCatalog.type(each.event()).isEmpty()));

                    Decision decision = decideActions.decide(each.signal(), each.posture());

                    assertThat(decision.actions()).extracting(Action::kind).isEqualTo(each.then());
                    if (each.severity() != null) {
                        assertThat(decision.severity()).hasToString(each.severity());
                    }
                    if (each.nearMiss() != null) {
                        assertThat(decision.rules()).doesNotContain(each.nearMiss());
                    }
                }));
    }

    @Test
    void everyRuleFiresInSomeCase() {
        assertThat(firedEvents().keySet()).isEqualTo(Policies.shipped().order().keySet());
    }

    /** Rows of a decision table differ in a cell each; the row above is the near miss. */
    @Test
    void everyRuleWrittenByHandHasANearMissWithAnEventOnWhichItCouldFire() {
        Map<String, Set<String>> firedEvents = firedEvents();
        Set<String> missed = cases.stream()
                .filter(each -> each.nearMiss() != null)
                .filter(each ->
                        firedEvents.getOrDefault(each.nearMiss(), Set.of()).contains(each.event()))
                .map(PolicyCase::nearMiss)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(missed).isEqualTo(rulesWrittenByHand());
    }

    private Set<String> rulesWrittenByHand() {
        Set<String> rules = new TreeSet<>();
        for (String path : files.rules()) {
            if (!PolicyFiles.isTable(path)) {
                String source = files.contents().getOrDefault(path, "");
                source.lines()
                        .filter(line -> line.startsWith("rule \""))
                        .map(line -> line.substring(6, line.lastIndexOf('"')))
                        .forEach(rules::add);
            }
        }
        return rules;
    }

    /** Rule to the events on which it fires in some case. */
    private Map<String, Set<String>> firedEvents() {
        Map<String, Set<String>> fired = new HashMap<>();
        for (PolicyCase each : cases) {
            for (String rule :
                    decideActions.decide(each.signal(), each.posture()).rules()) {
                if (!rule.equals(DecideActions.OVERTAKEN)) {
                    fired.computeIfAbsent(rule, name -> new HashSet<>()).add(each.event());
                }
            }
        }
        return fired;
    }
}
