package io.signalbox.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.signalbox.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The walls of the house. Each was broken once on purpose: {@link #eachWallIsBrokenByItsMutant()} keeps those breaks as
 * a test of the test.
 */
class HouseTest {

    private static final String ROOT = "io.signalbox.";

    /** The packages, in the order of the flow; below them what stands beside it. */
    private static final List<String> STAGES =
            List.of("ingest", "verify", "normalize", "decide", "guard", "act", "deliver");

    private static final List<String> VOCABULARY = List.of("set", "event", "action", "policy");

    private static final List<String> CELLAR = List.of("wire", "queue", "store", "http");

    private static final List<String> BESIDE = List.of("flow", "api", "demo", "stream", "transmit", "connector");

    private static final String FORBIDDEN_NAMES = ".*(Manager|Helper|Utils?|Impl|Base|Data|Processor|Common)$";

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.signalbox");

    private static final JavaClasses MUTANTS =
            new ClassFileImporter().importPackages("io.signalbox.architecture.mutants");

    /** Every rule with its name, over classes under the given root package. */
    private static Map<String, ArchRule> walls(String root) {
        Map<String, ArchRule> walls = new LinkedHashMap<>();
        walls.put(
                "1 the vocabulary imports nothing but Java",
                classes()
                        .that()
                        .resideInAnyPackage(packages(root, VOCABULARY))
                        .should()
                        .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..")
                                .or(resideInAnyPackage(packages(root, VOCABULARY)))));
        walls.put(
                "1 the token does not know what events mean",
                noClasses()
                        .that()
                        .resideInAPackage(root + "set..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(packages(root, List.of("event", "action"))));
        walls.put(
                "2 no stage imports another stage",
                slices().matching(root + "(" + String.join("|", STAGES) + ")..")
                        .should()
                        .notDependOnEachOther());
        walls.put(
                "2 stages know of the cellar only what it shows",
                noClasses()
                        .that()
                        .resideInAnyPackage(packages(root, STAGES))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                root + "store.jdbc..",
                                root + "queue..",
                                root + "flow..",
                                root + "api..",
                                root + "demo.."));
        walls.put(
                "3 tokens are opened in verify, made in deliver, and let clients in at transmit",
                only("com.nimbusds..", resideInAnyPackage(root + "verify..", root + "deliver..", root + "transmit..")));
        walls.put(
                "3 directories are asked by the act stage and its bench alone",
                only(
                        "com.unboundid..",
                        resideInAnyPackage(root + "act.resolve..", root + "act.ldap..", root + "connector..")));
        walls.put(
                "3 programs are run from the list of those allowed, and to make keys for a proxy",
                noClasses()
                        .that(not(resideInAPackage(root + "act.exec..").or(nameMatching(".*\\.TlsCommand"))))
                        .should()
                        .dependOnClassesThat()
                        .areAssignableTo(ProcessBuilder.class)
                        .orShould()
                        .callMethodWhere(target(nameMatching("exec")).and(target(owner(type(Runtime.class))))));
        walls.put(
                "3 rules run in decide alone",
                noClasses()
                        .that(not(resideInAPackage(root + "decide..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.kie..", "org.drools.."));
        walls.put(
                "3 Camel is seen by configuration alone",
                only("org.apache.camel..", nameMatching(".*(Config|Converter|Component)(\\$.*)?")));
        walls.put(
                "3 SQL is spoken in store.jdbc alone",
                noClasses()
                        .that(not(resideInAPackage(root + "store.jdbc..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc.."));
        walls.put(
                "3 http is the only door out",
                noClasses()
                        .that(not(resideInAnyPackage(root + "http..", root + "demo..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "java.net.http..", "org.apache.hc.client5..", "org.springframework.web.client.."));
        walls.put("4 no cycles", slices().matching(root + "(*)..").should().beFreeOfCycles());
        walls.put("4 no names that say nothing", noClasses().should().haveNameMatching(FORBIDDEN_NAMES));
        walls.put(
                "5 time comes from the clock",
                noClasses()
                        .should()
                        .callMethod(Instant.class, "now")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis")
                        .orShould()
                        .callMethod(Thread.class, "sleep", long.class));
        walls.put(
                "5 only commands write to the console",
                noClasses()
                        .that(not(nameMatching(".*\\.(App|SendSignal)")))
                        .should()
                        .accessField(System.class, "out")
                        .orShould()
                        .accessField(System.class, "err"));
        walls.put(
                "5 nothing is injected into fields",
                noFields()
                        .should()
                        .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                        .orShould()
                        .beAnnotatedWith("org.springframework.beans.factory.annotation.Value"));
        walls.put("5 no field is optional", fields().should().notHaveRawType(Optional.class));
        walls.put(
                "6 of a stage, only its steps are seen",
                classes()
                        .that()
                        .resideInAnyPackage(packages(root, STAGES))
                        .and()
                        .areTopLevelClasses()
                        .should(beHiddenUnlessAStep()));
        return walls;
    }

    private static ArchRule only(
            String library, com.tngtech.archunit.base.DescribedPredicate<? super JavaClass> allowed) {
        return noClasses().that(not(allowed)).should().dependOnClassesThat().resideInAPackage(library);
    }

    private static String[] packages(String root, List<String> names) {
        return names.stream().map(name -> root + name + "..").toArray(String[]::new);
    }

    private static ArchCondition<JavaClass> beHiddenUnlessAStep() {
        return new ArchCondition<>("be package-private unless a route calls them") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean open = type.getModifiers().contains(JavaModifier.PUBLIC);
                boolean step = type.isAnnotatedWith(Step.class);
                if (open != step && !type.getSimpleName().equals("package-info")) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + (open ? " is public and no @Step" : " is a @Step and not public")));
                }
            }
        };
    }

    @TestFactory
    Stream<DynamicTest> theWallsStand() {
        return walls(ROOT).entrySet().stream()
                .map(wall -> dynamicTest(
                        wall.getKey(),
                        () -> wall.getValue().allowEmptyShould(false).check(HOUSE)));
    }

    /** The mutants live in packages that repeat the house's names, one broken wall each. */
    @TestFactory
    Stream<DynamicTest> eachWallIsBrokenByItsMutant() {
        return walls(ROOT + "architecture.mutants.").entrySet().stream()
                .map(wall -> dynamicTest(wall.getKey(), () -> assertThat(wall.getValue()
                                .allowEmptyShould(true)
                                .evaluate(MUTANTS)
                                .hasViolation())
                        .as("a mutant that breaks «%s»", wall.getKey())
                        .isTrue()));
    }

    @Test
    void everyClassLivesInARoomThatWeNamed() {
        List<String> rooms = new ArrayList<>();
        Stream.of(STAGES, VOCABULARY, CELLAR, BESIDE).forEach(rooms::addAll);
        assertThat(HOUSE.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> !name.equals("io.signalbox"))
                        .map(name -> name.substring(ROOT.length()).split("\\.")[0])
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(rooms);
    }

    @Test
    void everyPackageSaysWhatComesInAndWhatGoesOut() {
        List<String> silent = HOUSE.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> HOUSE.stream()
                        .noneMatch(type -> type.getPackageName().equals(name)
                                && type.getSimpleName().equals("package-info")))
                .toList();
        assertThat(silent).isEmpty();
    }
}
