package io.signalbox.guard;

import io.signalbox.Home;
import io.signalbox.NodeName;
import io.signalbox.Step;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import io.signalbox.store.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guard does by the clock. Every node does it; what one has done the others find done. */
@Step("guardRounds")
public final class GuardRounds {

    private static final Logger LOG = LoggerFactory.getLogger(GuardRounds.class);
    private static final int AT_ONCE = 200;
    private static final Duration FORGOTTEN_EVERY = Duration.ofMinutes(1);
    private static final String FILE = "stop";

    private final GuardBook book;
    private final TrustedTime time;
    private final Clock clock;
    private final Budgets budgets;
    private final Duration kept;
    private final Path stopFile;
    private final String fileOfThisNode;
    private Instant forgotten = Instant.EPOCH;

    GuardRounds(
            GuardBook book,
            TrustedTime time,
            Clock clock,
            Budgets budgets,
            GuardProperties properties,
            Home home,
            NodeName node) {
        this.book = book;
        this.time = time;
        this.clock = clock;
        this.budgets = budgets;
        Duration window = budgets.longestWindow();
        this.kept = window.compareTo(properties.echoWindow()) > 0 ? window : properties.echoWindow();
        this.stopFile = home.resolve(FILE);
        this.fileOfThisNode = "the file \"" + FILE + "\" of the node " + node.text();
    }

    /** Ends what has lasted long enough, and heeds the file that stops all. */
    public void pass() {
        heedFile();
        Instant now = time.now();
        while (book.pass(now, AT_ONCE) >= AT_ONCE) {
            LOG.debug("More than {} were due; the round goes on", AT_ONCE);
        }
        budgets.recount();
        if (forgotten.plus(FORGOTTEN_EVERY).isBefore(now)) {
            forgotten = now;
            book.forget(now.minus(kept));
        }
    }

    /** A file that stops all may be taken away again; whoever else threw the switch must let it go. */
    private void heedFile() {
        Stop stop = book.stop();
        boolean there = Files.exists(stopFile);
        if (there && !stop.thrown()) {
            Stop thrown = book.stop(true, new Answer(fileOfThisNode, reason(), clock.instant()));
            LOG.warn("Every outgoing action is held, by {}: {}", thrown.by(), thrown.reason());
        } else if (!there && stop.thrown() && Objects.equals(stop.by(), fileOfThisNode)) {
            Stop now = book.stop(false, new Answer(fileOfThisNode, "it was taken away", clock.instant()));
            LOG.warn("Actions go again ({}): the file was taken away; what is held waits to be released", now);
        }
    }

    private String reason() {
        try {
            String text = Files.readString(stopFile).strip();
            return text.isEmpty() ? "no reason was given" : text.substring(0, Math.min(text.length(), 500));
        } catch (IOException e) {
            return "the file cannot be read";
        }
    }
}
