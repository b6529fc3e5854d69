package io.signalbox.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.signalbox.Step;
import io.signalbox.routes.RouteFilesUnderTest.Definition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every route file keeps to, so that an integrator finds the same in each. */
class RoutesTest {

    /** The flow goes one way. A route's id begins with its stage. */
    private static final List<String> STAGES = List.of("ingest", "verify", "accept", "decide", "guard", "act");

    private static final Pattern ID = Pattern.compile("(" + String.join("|", STAGES) + ")-[a-z0-9-]+");

    /** Beans that routes may call and that are no steps: the ledger is the cellar's one way in. */
    private static final Set<String> CELLAR = Set.of("ledger");

    /** Steps without an id of their own in Camel. */
    private static final Set<String> WITHOUT_ID = Set.of("onException", "parameters", "expression");

    private static final List<Definition> DEFINITIONS = RouteFilesUnderTest.definitions();

    private static Stream<Definition> routes() {
        return DEFINITIONS.stream().filter(definition -> !definition.kind().equals("routeConfiguration"));
    }

    @TestFactory
    Stream<DynamicTest> everyRouteHasAStageInItsIdAndSaysWhatItDoes() {
        return routes().map(route -> dynamicTest(route.id(), () -> {
            assertThat(route.id()).matches(ID);
            Object description = route.kind().equals("routeTemplate")
                            && route.content().get("description") == null
                    ? RouteFilesUnderTest.object(route.content().get("route")).get("description")
                    : route.content().get("description");
            assertThat(description).asString().endsWith(".").hasSizeGreaterThan(20);
        }));
    }

    @Test
    void noIdIsUsedTwice() {
        List<String> ids = new ArrayList<>();
        DEFINITIONS.forEach(definition -> {
            ids.add(definition.id());
            definition.eachStep((kind, step) -> {
                if (step.get("id") != null) {
                    ids.add(String.valueOf(step.get("id")));
                }
            });
        });
        assertThat(ids).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> everyStepCanBeFoundByAnIdThatNamesItsRoute() {
        return DEFINITIONS.stream()
                .map(definition -> dynamicTest(
                        definition.id(),
                        () -> definition.eachStep((kind, step) -> {
                            if (!WITHOUT_ID.contains(kind)) {
                                assertThat(String.valueOf(step.get("id")))
                                        .as("the id of a step «%s» in %s", kind, definition.id())
                                        .startsWith(definition.id() + "-");
                            }
                        })));
    }

    @Test
    void routesCallStepsAndEveryStepIsCalled() {
        Set<String> called = new TreeSet<>();
        DEFINITIONS.forEach(definition -> {
            definition.steps("bean").forEach(bean -> called.add(String.valueOf(bean.get("ref"))));
            called.addAll(predicates(definition.content()));
        });
        called.removeAll(CELLAR);
        Set<String> steps = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.signalbox").stream()
                        .filter(type -> type.isAnnotatedWith(Step.class))
                        .map(type -> type.getAnnotationOfType(Step.class).value())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(called).isEqualTo(steps);
    }

    /** {@code method: {ref: ...}} as an expression. */
    private static Set<String> predicates(Object node) {
        Set<String> found = new TreeSet<>();
        if (node instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name.equals("method") && value instanceof Map<?, ?> method) {
                    found.add(String.valueOf(method.get("ref")));
                }
                found.addAll(predicates(value));
            });
        } else if (node instanceof List<?> list) {
            list.forEach(item -> found.addAll(predicates(item)));
        }
        return found;
    }

    @Test
    void noRouteSpeaksJava() {
        DEFINITIONS.forEach(definition -> {
            assertThat(definition.steps("script"))
                    .as("scripts in %s", definition.id())
                    .isEmpty();
            definition.steps("bean").forEach(bean -> assertThat(bean)
                    .as("a bean in %s", definition.id())
                    .doesNotContainKey("beanType"));
        });
    }

    @Test
    void arrowsPointForwardOnly() {
        Map<String, String> takenBy = new TreeMap<>();
        routes().forEach(route -> takenBy.put(RouteFilesUnderTest.channel(route.from()), route.id()));
        List<String> arrows = new ArrayList<>();
        Map<String, String> takers = Map.copyOf(takenBy);
        routes().forEach(route -> Stream.of("to", "toD")
                .flatMap(kind -> route.steps(kind).stream())
                .map(RouteFilesUnderTest::channel)
                .filter(takers::containsKey)
                .forEach(channel -> {
                    arrows.add(route.id() + " -> " + takers.getOrDefault(channel, ""));
                    assertThat(stage(takers.getOrDefault(channel, "")))
                            .as("the stage that %s sends to over %s", route.id(), channel)
                            .isGreaterThanOrEqualTo(stage(route.id()));
                }));
        assertThat(arrows).contains("ingest-push -> verify-set", "ingest-push -> accept-set");
    }

    private static int stage(String routeId) {
        return STAGES.indexOf(routeId.split("-")[0]);
    }
}
