package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.Decision;
import io.signalbox.api.SignalView.DecisionView;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.policy.PolicyBoard;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.PolicyExplanation;
import io.signalbox.store.Ledger;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.SignalRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Why a signal was decided as it was: by each rule that is about it, condition by condition. */
@RestController
@RequestMapping("/api/signals/{id}/explain")
class ExplainController {

    /** A policy is compiled for each, which takes a processor for seconds: the flow is to have the others. */
    private static final int AT_ONCE = 1;

    private static final int WAIT_SECONDS = 20;

    private final Ledger ledger;
    private final PolicyBook book;
    private final PolicyBoard board;
    private final PolicyDesk desk;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    ExplainController(Ledger ledger, PolicyBook book, PolicyBoard board, PolicyDesk desk) {
        this.ledger = ledger;
        this.book = book;
        this.board = board;
        this.desk = desk;
    }

    /** By the version that decided it, the active one if it is parked, or the one that is asked for. */
    @GetMapping
    ExplanationView of(@PathVariable String id, @RequestParam MultiValueMap<String, String> query) {
        String asked = new Parameters(query, "version").text("version");
        SignalRecord story = ledger.signal(id).orElseThrow(() -> Problems.unknown("signal", id));
        Signal signal = story.signal();
        if (isErased(signal)) {
            throw Problems.conflict(
                    "What this signal said was erased with its subject, so nothing can be shown to rules");
        }
        Decision decision = story.decision();
        String version = asked != null
                ? asked
                : decision == null ? board.status().version().id() : decision.policyVersion();
        Map<String, String> files = book.files(version).orElseThrow(() -> Problems.unknown("policy", version));
        return new ExplanationView(
                signal.id(),
                version,
                decision == null ? null : DecisionView.of(decision),
                explained(files, signal).stream().map(PolicyExplanation::toJson).toList());
    }

    private static boolean isErased(Signal signal) {
        return signal.set().subject() == null
                && signal.set().compact().isEmpty()
                && signal.set().events().values().stream().allMatch(Map::isEmpty);
    }

    private List<PolicyExplanation> explained(Map<String, String> files, Signal signal) {
        List<Signal> before = before(signal);
        boolean turn = false;
        try {
            turn = turns.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
            if (!turn) {
                throw Problems.conflict("Other signals are being explained; ask again in a moment");
            }
            return desk.explain(files, signal, before);
        } catch (IllegalArgumentException e) {
            throw Problems.unprocessable("This release cannot use that policy: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problems.conflict("This node is shutting down");
        } finally {
            if (turn) {
                turns.release();
            }
        }
    }

    /** What was known of all whom it is about. */
    private List<Signal> before(Signal signal) {
        Set<String> keys = new LinkedHashSet<>();
        for (SecurityEvent event : signal.events()) {
            if (event.subject() != null) {
                keys.add(event.subject().key());
            }
        }
        List<Signal> before = new ArrayList<>();
        keys.forEach(key ->
                before.addAll(ledger.recent(key, Instant.EPOCH, signal.set().receivedAt(), signal.id())));
        return before;
    }

    /**
     * An explanation.
     *
     * @param version the policy that it was shown to here
     * @param decision what was decided at the time; absent if it was parked
     * @param events each event with the rules that are about such an event
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ExplanationView(
            String signal, String version, @Nullable DecisionView decision, List<Map<String, Object>> events) {}
}
