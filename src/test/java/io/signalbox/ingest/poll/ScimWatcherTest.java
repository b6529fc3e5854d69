package io.signalbox.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Email;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.event.EventCatalog;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.ingest.ConfiguredSources.Polling;
import io.signalbox.ingest.ConfiguredSources.Source;
import io.signalbox.ingest.SourceBench;
import io.signalbox.ingest.SourceReports;
import io.signalbox.set.Attestation;
import io.signalbox.set.KeptStreams;
import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.store.SourceRecord.Poll;
import io.signalbox.testing.InMemoryLeases;
import io.signalbox.testing.InMemoryScimImages;
import io.signalbox.testing.InMemorySourceBook;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.ScimServer;
import io.signalbox.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

/** What is seen at a real SCIM server that tells nothing by itself. */
class ScimWatcherTest {

    private final ScimServer server = new ScimServer();
    private final LoopbackHttp http = new LoopbackHttp();
    private final MovableClock clock = new MovableClock();
    private final InMemoryLeases leases = new InMemoryLeases();
    private final InMemoryScimImages images = new InMemoryScimImages();
    private final InMemorySourceBook book = new InMemorySourceBook();
    private final SourceReports reports = SourceBench.reports(book, clock, new SimpleMeterRegistry());
    private final List<Attestation> told = new ArrayList<>();
    private @Nullable String shut;
    private boolean full;
    private ScimWatcher watcher = watcher("node-a");

    @AfterEach
    void close() {
        server.close();
        http.close();
    }

    private final class Flow implements Intake {
        @Override
        public Verdict verify(RawSet set) {
            throw new IllegalStateException("a watcher has nothing to be verified");
        }

        @Override
        public void keep(Verdict.Accepted accepted) {
            if (full) {
                throw new IllegalStateException("made to fail");
            }
            told.add(Wire.read(accepted.set().compact(), Attestation.class));
        }
    }

    private ScimWatcher watcher(String node) {
        Map<String, String> keys = new TreeMap<>();
        keys.put("delivery", "scim-watch");
        keys.put("poll-uri", server.url());
        keys.put("poll-authorization-env", "SCIM_TOKEN");
        keys.put("max-events", "2");
        Source source = new SourceBench(keys, Mockito.mock(KeptStreams.class)).source();
        Polling polling = Objects.requireNonNull(source.polling());
        return new ScimWatcher(
                source,
                polling,
                new ScimListing(polling, http),
                images,
                new SourceLease(leases, source.name(), node, Duration.ofSeconds(30), clock),
                new ScimWatcher.Tools(
                        node,
                        ScimWatcherTest::attested,
                        new Flow(),
                        () -> shut,
                        reports,
                        clock,
                        new SimpleMeterRegistry(),
                        () -> 0.5));
    }

    private static Verdict attested(Attestation seen) {
        return new Verdict.Accepted(new VerifiedSet(
                seen.iss(),
                seen.jti(),
                seen.at(),
                List.of("us"),
                null,
                null,
                seen.subject(),
                seen.events(),
                Wire.write(seen),
                seen.receivedAt()));
    }

    /** Alias of each event, and the id of the user, in the order in which they were told since the last time. */
    private List<String> told() {
        List<String> words = told.stream()
                .map(each -> EventCatalog.type(each.events().keySet().iterator().next())
                                .orElseThrow()
                                .alias()
                        + " " + Objects.requireNonNull(each.subject()).text("uri"))
                .toList();
        told.clear();
        return words;
    }

    private void fiveUsers() {
        for (int i = 1; i <= 5; i++) {
            server.add("u-" + i, "user" + i, "user" + i + "@acme.example", "e-" + i);
        }
    }

    private Instant later() {
        clock.forward(Duration.ofSeconds(10));
        return clock.instant();
    }

    private static User inactive(User user) {
        user.setActive(false);
        return user;
    }

    @Test
    void theFirstListingTellsNothing() {
        fiveUsers();
        watcher.turn();
        watcher.turn();

        assertThat(told()).isEmpty();
        assertThat(images.find("idp", List.of("u-1", "u-5"))).hasSize(2);
        assertThat(Wire.write(images.find("idp", List.of("u-1"))))
                .doesNotContain("user1")
                .contains("active");
    }

    @Test
    void aChangeIsToldOnceInTheWordsOfRisc() {
        fiveUsers();
        watcher.turn();
        Instant at = later();
        server.change("u-3", at, ScimWatcherTest::inactive);
        watcher.turn();

        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.iss()).isEqualTo(SourceBench.TRANSMITTER);
            assertThat(event.at()).isEqualTo(at);
        });
        assertThat(told()).containsExactly("risc/account-disabled /Users/u-3");
        watcher.turn();
        assertThat(told()).isEmpty();

        server.change("u-3", later(), user -> {
            user.setActive(true);
            user.setUserName("lena");
            user.setEmails(List.of(Email.builder().value("lena@acme.example").build()));
            return user;
        });
        watcher.turn();
        assertThat(told())
                .containsExactly(
                        "risc/account-enabled /Users/u-3",
                        "risc/identifier-changed /Users/u-3",
                        "risc/identifier-changed /Users/u-3");
        server.change("u-3", later(), user -> {
            user.setTitle("Dr");
            return user;
        });
        watcher.turn();
        assertThat(told()).isEmpty();
    }

    /** Otherwise every turn would read all users. */
    @Test
    void onlyWhatWasModifiedIsAskedFor() {
        fiveUsers();
        watcher.turn();
        server.calls().clear();
        later();
        watcher.turn();

        assertThat(server.calls()).allMatch(call -> call.contains("filter=meta.lastModified"));
    }

    @Test
    void aServerThatCannotSelectIsListedAsAWhole() {
        fiveUsers();
        server.withoutFilters();
        watcher.turn();
        server.change("u-5", later(), ScimWatcherTest::inactive);
        watcher.turn();
        assertThat(told()).containsExactly("risc/account-disabled /Users/u-5");
        server.calls().clear();
        watcher.turn();
        assertThat(server.calls()).noneMatch(call -> call.contains("filter="));
    }

    @Test
    void aDeletedUserIsNoticedByTheNextListing() {
        fiveUsers();
        watcher.turn();
        server.delete("u-2");
        later();
        watcher.turn();
        assertThat(told()).isEmpty();

        clock.forward(Duration.ofHours(1));
        watcher.turn();
        assertThat(told()).containsExactly("risc/account-purged /Users/u-2");
        clock.forward(Duration.ofHours(1));
        watcher.turn();
        assertThat(told()).isEmpty();
    }

    /** Killed between telling and remembering, a node sees it again; the ledger folds what has the same name. */
    @Test
    void whatWasToldAndNotRememberedIsToldAgainByTheSameName() {
        fiveUsers();
        watcher.turn();
        var before = images.find("idp", List.of("u-3"));
        server.change("u-3", later(), ScimWatcherTest::inactive);
        watcher.turn();
        images.keep("idp", before.values());
        clock.forward(Duration.ofHours(1));
        watcher("node-b").turn();

        assertThat(told)
                .hasSize(2)
                .extracting(Attestation::jti)
                .containsOnly(told.get(0).jti());
    }

    /** The same state comes back, and is another event each time. */
    @Test
    void whatHappensAgainHasAnotherName() {
        fiveUsers();
        watcher.turn();
        for (boolean active : List.of(false, true, false, true)) {
            server.change("u-1", later(), user -> {
                user.setActive(active);
                return user;
            });
            watcher.turn();
        }

        assertThat(told).extracting(Attestation::jti).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void whatCannotBeKeptIsSeenAgain() {
        fiveUsers();
        watcher.turn();
        server.change("u-3", later(), ScimWatcherTest::inactive);
        full = true;
        watcher.turn();
        reports.write();
        assertThat(book.get("idp").poll()).extracting(Poll::state).isEqualTo("shut");
        full = false;
        watcher.turn();

        assertThat(told()).containsExactly("risc/account-disabled /Users/u-3");
    }

    @Test
    void oneNodeAtATimeWatches() {
        fiveUsers();
        watcher.turn();
        server.calls().clear();
        ScimWatcher other = watcher("node-b");
        other.turn();
        assertThat(server.calls()).isEmpty();

        shut = "no room";
        watcher.turn();
        shut = null;
        other.turn();
        assertThat(server.calls()).isNotEmpty();
    }

    @Test
    void aServerThatDoesNotAnswerWellIsFaultyAndNobodyIsTakenForDeleted() {
        fiveUsers();
        watcher.turn();
        server.close();
        clock.forward(Duration.ofHours(2));
        watcher.turn();
        reports.write();

        assertThat(told()).isEmpty();
        assertThat(book.get("idp").poll()).satisfies(poll -> {
            assertThat(poll.state()).isEqualTo("faulty");
            assertThat(poll.fault()).startsWith("The SCIM server cannot be reached");
        });
    }
}
