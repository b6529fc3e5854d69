package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.set.SourceBoard;
import io.signalbox.set.SourceStanding;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.Containment;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import io.signalbox.store.Ledger;
import io.signalbox.store.Undo;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What is taken from whom now, and how it is given back. */
@RestController
@RequestMapping("/api")
class UndoController {

    private static final int MOST_UNDONE = 500;

    private final GuardBook book;
    private final Ledger ledger;
    private final SourceBoard sources;
    private final Clock clock;

    UndoController(GuardBook book, Ledger ledger, SourceBoard sources, Clock clock) {
        this.book = book;
        this.ledger = ledger;
        this.sources = sources;
        this.clock = clock;
    }

    @GetMapping("/containments")
    ListView<ContainmentView> containments(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "subject", "limit");
        return new ListView<>(
                book.containments(parameters.subjectKey(), parameters.limit()).stream()
                        .map(ContainmentView::of)
                        .toList(),
                null);
    }

    /** Answers before it is sent: when and how it ended is seen in the action. */
    @PostMapping("/actions/{id}/undo")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ActionView undo(@PathVariable String id, @RequestBody(required = false) @Nullable String text, Principal who) {
        Answer answer = Why.of(new Body(text, "why"), who, clock.instant());
        ActionRecord known = ledger.action(id).orElseThrow(() -> Problems.unknown("action", id));
        return ActionView.of(book.lift(id, answer)
                .orElseThrow(() -> Problems.conflict(
                        "The action " + id + " (" + known.action().kind() + ") is \""
                                + known.state().word() + "\"; only what is in force and can be given back is undone")));
    }

    /** With {@code ?dry-run} nothing is done, and the answer is what would be. */
    @PostMapping("/undo")
    UndoView undoAll(
            @RequestParam MultiValueMap<String, String> query,
            @RequestBody(required = false) @Nullable String text,
            Principal who) {
        boolean dryRun = query.containsKey("dry-run") && !"false".equals(query.getFirst("dry-run"));
        Body body = new Body(text, "issuer", "source", "rule", "target", "from", "to", "why");
        Instant now = clock.instant();
        String issuer = body.has("source") ? issuerOf(String.valueOf(body.text("source"))) : body.text("issuer");
        Undo selection = new Undo(
                issuer, body.text("rule"), body.text("target"), body.time("from"), body.time("to"), MOST_UNDONE + 1);
        if (issuer == null && selection.rule() == null && selection.target() == null && selection.from() == null) {
            throw Problems.badParameter("issuer", "or one of source, rule, target, from must say what is undone");
        }
        List<Containment> found = book.containments(selection);
        boolean more = found.size() > MOST_UNDONE;
        List<Containment> some = more ? found.subList(0, MOST_UNDONE) : found;
        if (dryRun) {
            return new UndoView(
                    true,
                    some.size(),
                    more,
                    some.stream().map(ContainmentView::of).toList());
        }
        Answer answer = Why.of(body, who, now);
        List<ContainmentView> undone = some.stream()
                .filter(each -> book.lift(each.actionId(), answer).isPresent())
                .map(ContainmentView::of)
                .toList();
        return new UndoView(false, undone.size(), more, undone);
    }

    private String issuerOf(String source) {
        return sources.standings().stream()
                .filter(standing -> standing.name().equals(source))
                .map(SourceStanding::transmitter)
                .findFirst()
                .orElseThrow(() -> Problems.notConfigured("source", source));
    }

    /** @param more whether the selection names more; the same request again goes on with them */
    record UndoView(boolean dryRun, int undone, boolean more, List<ContainmentView> containments) {}

    /**
     * @param found how the target was found: {@code ours}, {@code theirs} (so before us, and left so), {@code unknown}
     * @param until when it is given back by itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ContainmentView(
            String action,
            String signal,
            String subjectKey,
            String target,
            String kind,
            String iss,
            String rule,
            Instant since,
            @Nullable Instant until,
            @Nullable String found,
            @Nullable Instant liftedAt,
            @Nullable String liftedBy,
            @Nullable Instant releasedAt) {

        static ContainmentView of(Containment containment) {
            return new ContainmentView(
                    containment.actionId(),
                    containment.signalId(),
                    containment.subjectKey(),
                    containment.target(),
                    containment.kind(),
                    containment.iss(),
                    containment.rule(),
                    containment.since(),
                    containment.until(),
                    containment.found(),
                    containment.liftedAt(),
                    containment.liftedBy(),
                    containment.releasedAt());
        }
    }
}
