package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar and the real systems that {@code .ci/targets} installs: a signal comes in, and the system itself is asked
 * whether what policy wants was done there, and whether it was taken back. What is not installed is told, by a line that
 * begins with {@code SKIPPED}, and has no test. One start for all of it, with {@code mvn -Ptargets verify}.
 */
class TargetsIT {

    private static final List<Known> KNOWN = List.of(
            new Known("OpenLDAP", Slapd.NEEDS, Slapd::start),
            new Known("rsyslog", Rsyslog.NEEDS, Rsyslog::start),
            new Known("strongSwan", StrongSwan.NEEDS, StrongSwan::start),
            new Known("OpenVPN", OpenVpn.NEEDS, OpenVpn::start),
            new Known("SCIM-SDK", List.of(), ScimSdk::start),
            new Known("SCIMMY", Scimmy.NEEDS, Scimmy::start),
            new Known("Request Tracker", RequestTracker.NEEDS, RequestTracker::start));

    private static final List<RealTarget> RUNNING = new ArrayList<>();
    private static final FakeTransmitter TRANSMITTER = FakeTransmitter.start();

    @TempDir
    static Path folder;

    private static @Nullable Lab lab;
    private static @Nullable RunningJar jar;
    private static @Nullable Gateway gateway;

    /** @param needs files without which it cannot be tried */
    private record Known(String name, List<String> needs, Start start) {}

    @FunctionalInterface
    private interface Start {
        RealTarget in(Lab lab) throws Exception;
    }

    @BeforeAll
    static void startWhatIsThere() throws Exception {
        lab = new Lab(folder);
        int skipped = 0;
        for (Known known : KNOWN) {
            List<String> lacking = known.needs().stream()
                    .filter(file -> !Files.exists(Path.of(file)))
                    .toList();
            String why = lacking.isEmpty() ? begin(known, lab) : lacking.get(0) + " is not here";
            if (why != null) {
                skipped++;
                System.out.println("SKIPPED: " + known.name() + ": " + why);
            }
        }
        System.out.println(RUNNING.size() + " real targets are tried, " + skipped + " skipped");
        rules();
        jar = RunningJar.start(folder, configuration());
        gateway = new Gateway(
                jar.url(), Files.readString(folder.resolve("data/admin-token")).strip());
    }

    /** Why it could not be begun; absent if it runs. A kernel or a container may forbid what such a system needs. */
    private static @Nullable String begin(Known known, Lab lab) {
        try {
            RealTarget target = known.start().in(lab);
            String version = target.version();
            RUNNING.add(target);
            System.out.println("TRIED: " + known.name() + ": " + version);
            return null;
        } catch (Exception e) {
            return "it does not start here: " + e;
        }
    }

    @AfterAll
    static void endThem() throws Exception {
        if (jar != null) {
            jar.close();
        }
        TRANSMITTER.close();
        if (lab != null) {
            lab.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> whatPolicyWantsIsDoneAtTheRealTargetAndTakenBack() {
        return RUNNING.stream()
                .flatMap(target -> target.trials().stream())
                .map(trial -> dynamicTest(trial.name(), () -> isDone(trial)));
    }

    private static void isDone(Trial trial) throws Exception {
        trial.before().make();
        String id = action(trial).path("id").asText();
        ended(id, trial.state());
        trial.effect().make();
        if (trial.takenBack()) {
            assertThat(at().post("/api/actions/" + id + "/undo", "{\"why\": \"it was a trial\"}")
                            .statusCode())
                    .isBetween(200, 202);
            ended(id, "undone");
        }
        trial.afterwards().make();
    }

    /** The one action that comes of a signal with the trial's name as its reason. */
    private static JsonNode action(Trial trial) {
        Instant now = Instant.now();
        String set = TRANSMITTER
                .set(now)
                .with("jti", trial.name())
                .with("sub_id", trial.subject())
                .with("events", trial.events(now))
                .compact();
        assertThat(at().push(set).statusCode()).isEqualTo(202);
        return Awaitility.await("the decision on " + trial.name())
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> at().story(TRANSMITTER.issuer(), trial.name())
                                .path("actions")
                                .path(0),
                        action -> action.path("kind").asText().equals(trial.kind()));
    }

    private static void ended(String id, String state) {
        Awaitility.await("the action is " + state).atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            JsonNode action = Gateway.json(at().get("/api/actions/" + id).body());
            assertThat(action.path("state").asText()).as(action.toString()).isEqualTo(state);
        });
    }

    private static Gateway at() {
        return Objects.requireNonNull(gateway);
    }

    private static void rules() throws IOException {
        Files.createDirectories(folder.resolve("rules/policy"));
        Files.writeString(folder.resolve("rules/policy/trials.drl"), """
                package policy

                import io.signalbox.event.CaepEvent.RiskLevelChange

                global io.signalbox.action.Actions actions

                """ + ofAll(Trial::rule));
        Files.writeString(folder.resolve("rules/policy/trials.cases.yaml"), ofAll(Trial::ruleCase));
    }

    private static String ofAll(Function<Trial, String> text) {
        return RUNNING.stream()
                .flatMap(target -> target.trials().stream())
                .map(text)
                .collect(Collectors.joining());
    }

    private static String configuration() {
        return """
                signalbox:
                  http:
                    allow: [127.0.0.0/8]
                  rules-directory: ./rules
                  guard:
                    budgets: []
                    repeat-after: 0s
                  trust:
                    - issuer: %s
                      jwks-uri: %s
                      audiences: [%s]
                  act:
                    retry: [1s, 1s]
                  targets:
                %s
                %s
                """.formatted(
                        TRANSMITTER.issuer(),
                        TRANSMITTER.jwksUri(),
                        Sets.AUDIENCE,
                        RUNNING.stream()
                                .map(RealTarget::targets)
                                .collect(Collectors.joining())
                                .indent(4),
                        Objects.requireNonNull(lab).bundle());
    }
}
