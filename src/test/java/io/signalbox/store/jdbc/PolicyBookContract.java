package io.signalbox.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Home;
import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyActivation.Cause;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.store.CursorException;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerProof.Problem;
import io.signalbox.store.Page;
import io.signalbox.store.PolicyBook;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** What nodes share about policy, whatever the store: two writers on one database stand for two nodes. */
abstract class PolicyBookContract {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Map<String, String> FILES =
            Map.of("policy/a.drl", "rule \"Ä\"\n\u2028 end\n", "policy/a.cases.yaml", "[]");

    @TempDir
    Path folder;

    private final List<LedgerDatabase> databases = new ArrayList<>();
    private final List<GroupCommit> writers = new ArrayList<>();
    private PolicyBook book;
    private PolicyBook elsewhere;

    /** The URL of a store with nothing in it. */
    abstract @Nullable String newStore();

    abstract @Nullable String username();

    @BeforeEach
    void open() {
        StoreProperties properties =
                new StoreProperties(newStore(), username(), null, null, 2, 64, Duration.ofSeconds(5));
        book = node(properties);
        elsewhere = node(properties);
    }

    private PolicyBook node(StoreProperties properties) {
        LedgerDatabase database = LedgerDatabase.open(properties, new Home(folder), new MockEnvironment());
        StorageFailures failures = new StorageFailures(database.name());
        Chain chain = new Chain(database.writesInBatches());
        GroupCommit writer = new GroupCommit(
                database.transactions(),
                chain,
                failures,
                properties.writeQueue(),
                properties.writeWait(),
                new SimpleMeterRegistry());
        databases.add(database);
        writers.add(writer);
        return new JdbcPolicyBook(database, writer, chain, failures);
    }

    @AfterEach
    void close() {
        writers.forEach(GroupCommit::close);
        databases.forEach(LedgerDatabase::close);
    }

    @Test
    void keepsEveryVersionAsItWasPublishedFirst() {
        PolicyVersion first = version(1, "ada");
        assertThat(book.keep(first, FILES)).isTrue();

        assertThat(elsewhere.keep(version(1, "bob"), Map.of("policy/other.drl", "")))
                .isFalse();

        assertThat(book.version("pol-1")).contains(first);
        assertThat(book.files("pol-1")).contains(FILES);
        assertThat(book.version("pol-2")).isEmpty();
        assertThat(book.files("pol-2")).isEmpty();
    }

    @Test
    void anExportHoldsWhatPolicySaidAndWhenItWasActive() {
        assertThat(book.keep(version(1, "ada"), FILES)).isTrue();
        LedgerDatabase database = databases.get(0);
        List<String> lines = new ArrayList<>();
        new ChainExport(database, new StorageFailures(database.name())).write(lines::add);

        assertThat(new ChainExportAudit().verify(lines.stream()).fault()).isNull();
        lines.replaceAll(line -> line.replace("ada", "eve"));
        assertThat(new ChainExportAudit().verify(lines.stream()).fault()).contains("is not as it was recorded");
    }

    @Test
    void listsThePublishedLastFirstPageByPage() {
        for (int i = 1; i <= 5; i++) {
            assertThat(book.keep(version(i, "ada"), FILES)).isTrue();
        }

        Page<PolicyVersion> page = book.versions(null, 2);
        Page<PolicyVersion> next = book.versions(page.next(), 2);
        Page<PolicyVersion> last = book.versions(next.next(), 2);

        assertThat(page.items()).extracting(PolicyVersion::id).containsExactly("pol-5", "pol-4");
        assertThat(next.items()).extracting(PolicyVersion::id).containsExactly("pol-3", "pol-2");
        assertThat(last.items()).extracting(PolicyVersion::id).containsExactly("pol-1");
        assertThat(last.next()).isNull();
        assertThatThrownBy(() -> book.versions("nonsense", 2)).isInstanceOf(CursorException.class);
    }

    @Test
    void theLastActivationIsInForceOnEveryNode() {
        keep(1, 2);
        assertThat(book.active()).isEmpty();

        PolicyActivation first = activation(1, "pol-1", null);
        PolicyActivation second = activation(2, "pol-2", 1L);
        assertThat(book.activate(first)).isTrue();
        assertThat(elsewhere.activate(second)).isTrue();

        assertThat(book.active()).contains(second);
        assertThat(book.activation(1)).contains(first);
        assertThat(book.activation(3)).isEmpty();
        Page<PolicyActivation> page = book.activations(null, 1);
        assertThat(page.items()).containsExactly(second);
        assertThat(book.activations(page.next(), 1).items()).containsExactly(first);
    }

    @Test
    void refusesANumberThatIsTakenOrLeavesAGapAndAVersionThatIsNotKept() {
        keep(1, 2);

        assertThat(book.activate(activation(2, "pol-1", null))).isFalse();
        assertThat(book.activate(activation(1, "pol-9", null))).isFalse();
        assertThat(book.activate(activation(1, "pol-1", null))).isTrue();
        assertThat(elsewhere.activate(activation(1, "pol-2", null))).isFalse();

        assertThat(book.active()).contains(activation(1, "pol-1", null));
        assertThat(verify()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void ofSeveralNodesThatActivateAtOnceOneWins() throws Exception {
        keep(1, 2);
        assertThat(book.activate(activation(1, "pol-1", null))).isTrue();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> tries = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                PolicyBook node = i % 2 == 0 ? book : elsewhere;
                tries.add(() -> node.activate(activation(2, "pol-2", 1L)));
            }
            int won = 0;
            for (Future<Boolean> done : threads.invokeAll(tries)) {
                won += done.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
        assertThat(verify()).isInstanceOf(LedgerProof.Whole.class);
    }

    @Test
    void theChainShowsWhatWasTamperedWith() {
        keep(1, 2);
        assertThat(book.activate(activation(1, "pol-1", null))).isTrue();
        assertThat(book.activate(activation(2, "pol-2", 1L))).isTrue();
        assertThat(verify()).isInstanceOf(LedgerProof.Whole.class);

        tamper("UPDATE policy_version SET author = 'nobody' WHERE id = 'pol-1'");
        tamper("DELETE FROM policy_activation WHERE number = 2");
        tamper("INSERT INTO policy_version SELECT 'pol-8', published_at, author, note, checked, files"
                + " FROM policy_version WHERE id = 'pol-2'");
        tamper("INSERT INTO policy_activation (number, version_id, at, author, cause, note)"
                + " VALUES (7, 'pol-1', 0, 'nobody', 'activate', '')");

        assertThat(((LedgerProof.Broken) verify()).findings())
                .extracting(Finding::kind, Finding::id, Finding::problem)
                .containsExactlyInAnyOrder(
                        tuple("policy", "policy-pol-1", Problem.ALTERED),
                        tuple("activation", "activation-2", Problem.DELETED),
                        tuple("policy", "policy-pol-8", Problem.INSERTED),
                        tuple("activation", "activation-7", Problem.INSERTED));
    }

    private void tamper(String statement) {
        assertThat(databases.get(0).writes().sql(statement).update()).isEqualTo(1);
    }

    private LedgerProof verify() {
        LedgerDatabase database = databases.get(0);
        return new ChainAudit(database::atOneMoment, Clock.systemUTC(), new StorageFailures(database.name())).verify();
    }

    private void keep(int... numbers) {
        for (int number : numbers) {
            assertThat(book.keep(version(number, "ada"), FILES)).isTrue();
        }
    }

    private static PolicyVersion version(int number, String author) {
        return new PolicyVersion(
                "pol-" + number,
                NOON.plusSeconds(number),
                author,
                "because",
                new PassedCheck(3, 1, 7, List.of("a remark")));
    }

    private static PolicyActivation activation(long number, String versionId, @Nullable Long backTo) {
        return new PolicyActivation(
                number, versionId, NOON.plusSeconds(number), "ada", Cause.ACTIVATE, "", "pol-0", backTo);
    }
}
