package io.signalbox.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.signalbox.testing.CrashPoint;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Gateway;
import io.signalbox.testing.HaltAgent;
import io.signalbox.testing.KeyedTarget;
import io.signalbox.testing.PostgresServer;
import io.signalbox.testing.RunningJar;
import io.signalbox.testing.Senders;
import io.signalbox.testing.Sets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The promise, put to the test (invariants I-1, I-2, I-3): the process is killed again and again while senders push and
 * send webhooks, at
 * the {@linkplain CrashPoint named points} and at random moments between them, its start included. Then three books are
 * compared: what the senders were promised, what the ledger says, and what the target did. What the process handed to the
 * kernel survives its kill; that a machine may lose its power at the same moments is not shown here.
 *
 * <p>Three kills in every build, with the ledger in SQLite. {@code mvn -Pcrash verify} makes it 200, or
 * {@code -Dcrash.kills}; with {@code -Dcrash.store=postgresql} the ledger is in PostgreSQL, which is not killed. What happens when is
 * drawn from a seed that stands in the log; {@code -Dcrash.seed} draws the same again, as far as threads repeat
 * themselves. If it fails, the folder and the logs of all lives stay in {@code target/crash}.
 */
class CrashIT {

    private static final Logger LOG = LoggerFactory.getLogger(CrashIT.class);

    private static final int KILLS = Integer.getInteger("crash.kills", 3);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime() & 0xffffff);

    private static final String STORE = System.getProperty("crash.store", "sqlite");

    private static final int SENDERS = 8;
    /** Some fifty SETs a second: with four actions each, what the first seconds of a cold process can take. */
    private static final Duration PACE = Duration.ofMillis(150);
    /** What the shipped policy asks of a desk that does everything, for one HIGH risk. */
    private static final int ACTIONS_EACH = 4;

    private static final Path FOLDER =
            Path.of(System.getProperty("signalbox.jar")).resolveSibling("crash").toAbsolutePath();

    private static final List<String> ARGUMENTS = List.of(
            // An action that was taken for its next attempt when the process died comes back after this.
            "--signalbox.act.lease=10s", "--logging.level.io.signalbox.act=warn");

    private final Random random = new Random(SEED);
    /** Where the ledger is; the same over all lives. */
    private final List<String> store = store();

    private final Map<CrashPoint, Integer> reached = new EnumMap<>(CrashPoint.class);
    private int life;
    private int atRandom;

    @Test
    void whatGotA202IsDoneOnceHoweverOftenTheProcessIsKilled() throws Exception {
        LOG.info("crash: {} kills, -Dcrash.seed={}, -Dcrash.store={}", KILLS, SEED, STORE);
        long start = System.nanoTime();
        FileSystemUtils.deleteRecursively(FOLDER);
        Files.createDirectories(FOLDER.resolve("lives"));
        try (FakeTransmitter transmitter = FakeTransmitter.start();
                KeyedTarget desk = new KeyedTarget();
                Senders senders = new Senders(transmitter, SENDERS, PACE)) {
            String configuration = withWebhooks(RunningJar.configuration(FOLDER, transmitter, desk.url()));
            for (CrashPoint point : plan()) {
                live(configuration, point, senders);
                LOG.info(
                        "crash: {} of {} kills after {} s: {} promised, {} done by the target, {} asked for again",
                        life,
                        KILLS,
                        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                        senders.promised().size(),
                        desk.done().size(),
                        desk.repeats());
            }
            compareTheBooks(configuration, transmitter, senders, desk);
        }
        LOG.info(
                "crash: {} s, seed {}",
                Duration.ofNanos(System.nanoTime() - start).toSeconds(),
                SEED);
        FileSystemUtils.deleteRecursively(FOLDER);
    }

    /** The same, with a vendor that tells without a signature. */
    private static String withWebhooks(String configuration) throws IOException {
        Files.writeString(FOLDER.resolve("hook"), Senders.HOOK_AUTHORIZATION);
        assertThat(configuration).contains("  targets:\n");
        return configuration.replace(
                "  targets:\n", """
                    - issuer: %1$s
                      attested: true
                      audiences: [%2$s]
                  sources:
                    - name: %3$s
                      transmitter: %1$s
                      delivery: webhook
                      mapping: generic
                      authorization-header-file: ./hook
                  targets:
                """.formatted(Senders.HOOK_ISSUER, Sets.AUDIENCE, Senders.HOOK_SOURCE));
    }

    private static List<String> store() {
        return switch (STORE) {
            case "sqlite" -> List.of("--signalbox.data-directory=data");
            case "postgresql" ->
                List.of(
                        "--signalbox.data-directory=data",
                        "--signalbox.store.url=" + PostgresServer.newDatabase(),
                        "--signalbox.store.username=" + PostgresServer.USER);
            default -> throw new IllegalArgumentException("-Dcrash.store is sqlite or postgresql, not " + STORE);
        };
    }

    /** Each named point as often as any other, in an order of its own each round; every other kill at random. */
    private List<@Nullable CrashPoint> plan() {
        List<@Nullable CrashPoint> plan = new ArrayList<>();
        List<CrashPoint> round = new ArrayList<>();
        while (plan.size() < KILLS) {
            if (round.isEmpty()) {
                round.addAll(CrashPoint.ofPush());
                Collections.shuffle(round, random);
            }
            plan.add(round.remove(0));
            if (plan.size() < KILLS) {
                plan.add(null);
            }
        }
        return plan;
    }

    private void live(String configuration, @Nullable CrashPoint point, Senders senders) throws Exception {
        if (point == null) {
            boolean early = random.nextInt(4) == 0;
            Duration time = Duration.ofMillis(early ? 500 + random.nextInt(6_000) : random.nextInt(4_000));
            try (RunningJar jar = launch(configuration, "")) {
                if (!early) {
                    meet(jar, senders);
                }
                LOG.info("crash: life {} is killed {} after its {}", life, time, early ? "birth" : "start");
                assertThat(jar.endsWithin(time)).as(jar.log()).isFalse();
                jar.kill();
                keep(jar);
            }
            atRandom++;
        } else {
            int pass = 1 + random.nextInt(point.latest());
            LOG.info("crash: life {} ends at pass {} of {}", life + 1, pass, point);
            try (RunningJar jar = launch(configuration, point.option(FOLDER.resolve("agent.jar"), pass))) {
                meet(jar, senders);
                assertThat(jar.exitCode(Duration.ofMinutes(2)))
                        .as("%s, seed %d:\n%s", point, SEED, jar.log())
                        .isEqualTo(HaltAgent.EXIT_CODE);
                keep(jar);
            }
            reached.merge(point, 1, Integer::sum);
        }
    }

    private RunningJar launch(String configuration, String option) throws IOException {
        life++;
        // Native libraries that a killed process left behind.
        FileSystemUtils.deleteRecursively(FOLDER.resolve("tmp"));
        return RunningJar.launch(
                FOLDER,
                configuration,
                Map.of("JAVA_TOOL_OPTIONS", option),
                Stream.concat(ARGUMENTS.stream(), store.stream()).toArray(String[]::new));
    }

    /** Until it has started, and the senders know; or until it came to its end on the way there. */
    private void meet(RunningJar jar, Senders senders) throws IOException {
        Awaitility.await("the start").atMost(Duration.ofMinutes(4)).until(() -> jar.isStarted() || !jar.isAlive());
        if (jar.isStarted()) {
            senders.reach(gateway(jar));
        }
    }

    private static Gateway gateway(RunningJar jar) throws IOException {
        return new Gateway(
                jar.url(), Files.readString(FOLDER.resolve("data/admin-token")).strip());
    }

    private void keep(RunningJar jar) throws IOException {
        Files.writeString(FOLDER.resolve("lives/" + life + ".log"), jar.log());
        // Not one life may see what must never happen, nor anything else that an operator has to look at.
        assertThat(jar.log().lines().filter(line -> line.contains(" ERROR ")))
                .as("life %d, seed %d", life, SEED)
                .isEmpty();
    }

    private void compareTheBooks(String configuration, FakeTransmitter transmitter, Senders senders, KeyedTarget desk)
            throws Exception {
        try (RunningJar jar = launch(configuration, "")) {
            meet(jar, senders);
            Gateway gateway = gateway(jar);
            assertThat(senders.finish(Duration.ofMinutes(3)))
                    .as("every SET found its way in")
                    .isTrue();
            assertThat(senders.wrong()).isEmpty();
            Set<String> promised = senders.promised();
            Set<String> givenUp = senders.givenUp();

            settle(gateway);
            Set<String> doneBefore = desk.done();
            Map<String, JsonNode> ledger = ledger(gateway);
            Set<String> actions = new TreeSet<>();
            ledger.values().forEach(story -> story.path("actions")
                    .forEach(action -> actions.add(action.path("id").asText())));

            // Nothing lost: what was promised is in the ledger, and ended well.
            assertThat(ledger.keySet()).containsAll(promised);
            assertThat(ledger.values()).allSatisfy(CrashIT::endedWell);
            for (String jti : promised) {
                JsonNode story = ledger.get(jti);
                assertThat(story.path("iss").asText()).isIn(transmitter.issuer(), Senders.HOOK_ISSUER);
                assertThat(gateway.story(story.path("iss").asText(), jti)).isEqualTo(story);
            }
            // Nothing from nowhere: the rest are those whose senders will never know.
            Set<String> unpromised = new TreeSet<>(ledger.keySet());
            unpromised.removeAll(promised);
            assertThat(givenUp).containsAll(unpromised);
            // The target did what the ledger says, all of it and nothing else, and never under one key two things.
            assertThat(actions).hasSize(ledger.size() * ACTIONS_EACH).containsAll(doneBefore);
            assertThat(desk.done()).isEqualTo(actions);
            assertThat(desk.wrong()).isEmpty();
            assertThat(lost(gateway, jar)).isZero();
            keep(jar);
            jar.close();
            RunningJar.Ended proof = RunningJar.command(
                    FOLDER,
                    Stream.concat(Stream.of("ledger", "verify"), store.stream()).toList());
            assertThat(proof.exitCode()).as(proof.output()).isZero();
            LOG.info("crash: ledger verify: {}", proof.output().strip());

            LOG.info("crash: {} kills ({} at random, {})", KILLS, atRandom, reached);
            LOG.info(
                    "crash: {} SETs, {} promised, {} sent again, {} given up of which {} had arrived",
                    promised.size() + givenUp.size(),
                    promised.size(),
                    senders.sentAgain(),
                    givenUp.size(),
                    unpromised.size());
            LOG.info(
                    "crash: {} in the ledger with {} actions, {} done by the target, which was asked again for {}",
                    ledger.size(),
                    actions.size(),
                    doneBefore.size(),
                    desk.repeats());
        }
    }

    /** Until no action is on its way; signals that have yet to be decided are waited for by {@link #ledger}. */
    private static void settle(Gateway gateway) {
        for (String state : List.of("waiting", "retrying")) {
            Awaitility.await("no action is " + state + " any more")
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> Gateway.json(gateway.get("/api/actions?limit=1&state=" + state)
                                    .body())
                            .path("items")
                            .isEmpty());
        }
    }

    /** By jti, once every story in it has ended and no more are added. */
    private static Map<String, JsonNode> ledger(Gateway gateway) {
        AtomicReference<List<JsonNode>> before = new AtomicReference<>(List.of());
        List<JsonNode> all = Awaitility.await("the ledger comes to rest")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        gateway::ledger,
                        now -> now.size() == before.getAndSet(now).size()
                                && now.stream().allMatch(Gateway::isEnded));
        Map<String, JsonNode> byJti = new TreeMap<>();
        for (JsonNode story : all) {
            assertThat(byJti.put(story.path("jti").asText(), story))
                    .as("one story a SET")
                    .isNull();
        }
        return byJti;
    }

    private static void endedWell(JsonNode story) {
        assertThat(story.path("parkedBecause").asText("")).isEmpty();
        assertThat(story.path("decision").path("severity").asText()).isEqualTo("HIGH");
        assertThat(story.path("actions"))
                .hasSize(ACTIONS_EACH)
                .allSatisfy(action -> assertThat(action.path("state").asText()).isEqualTo("done"));
    }

    /** What should never happen, as this last life counted it. */
    private static double lost(Gateway gateway, RunningJar jar) {
        return gateway.call(HttpRequest.newBuilder(URI.create(jar.management() + "/actuator/prometheus")))
                .body()
                .lines()
                .filter(line -> line.startsWith("signalbox_lost"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
