package io.signalbox.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyReport;
import io.signalbox.policy.Surroundings;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The shipped policy does what its cases say, and its cases say something about every rule. */
class CasesTest {

    private static final PolicyReport REPORT =
            PolicyCheck.of(PolicyFiles.load(Path.of("rules")), Surroundings.UNKNOWN, ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> eachCaseIsDecidedAsItSays() {
        return REPORT.cases().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.file() + ": " + each.sentence(),
                        () -> assertThat(each.differences()).isEmpty()));
    }

    /** Among them: each rule fires in some case, and has a near miss. */
    @Test
    void theShippedPolicyHasNoProblemsAndNoWarnings() {
        assertThat(REPORT.problems().stream().map(PolicyProblem::text)).isEmpty();
        assertThat(REPORT.cases()).isNotEmpty();
    }
}
