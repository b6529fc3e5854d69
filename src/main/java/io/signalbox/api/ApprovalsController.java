package io.signalbox.api;

import io.signalbox.store.ActionRecord;
import io.signalbox.store.Approval;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import io.signalbox.store.Ledger;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Clock;
import java.util.Optional;
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

/** What waits for somebody to agree, the one asked for first before others. */
@RestController
@RequestMapping("/api/approvals")
class ApprovalsController {

    private final GuardBook book;
    private final FourEyes fourEyes;
    private final Ledger ledger;
    private final Clock clock;

    ApprovalsController(GuardBook book, FourEyes fourEyes, Ledger ledger, Clock clock) {
        this.book = book;
        this.fourEyes = fourEyes;
        this.ledger = ledger;
        this.clock = clock;
    }

    @GetMapping
    ListView<ApprovalView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "after", "limit");
        return ListView.of(book.approvals(parameters.text("after"), parameters.limit()), ApprovalView::of);
    }

    @GetMapping("/{id}")
    ApprovalView one(@PathVariable String id) {
        return ApprovalView.of(open(id));
    }

    /** Answers before it is sent: when and how it ended is seen in the action. */
    @PostMapping("/{id}/approve")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ActionView approve(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable String text,
            Principal who,
            HttpServletRequest request) {
        Answer answer = Why.of(new Body(text, "why"), who, clock.instant());
        Approval open = open(id);
        mayAnswer(open, who, request);
        if (!fourEyes.mayAgree(open.action().action(), who.getName())) {
            throw Problems.conflict("You published the policy that asks for it: somebody else has to agree");
        }
        return answered(id, book.approve(id, answer));
    }

    @PostMapping("/{id}/reject")
    ActionView reject(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable String text,
            Principal who,
            HttpServletRequest request) {
        Answer answer = Why.of(new Body(text, "why"), who, clock.instant());
        mayAnswer(open(id), who, request);
        return answered(id, book.reject(id, answer));
    }

    /** From then on nobody else may answer, but an admin. */
    @PostMapping("/{id}/assign")
    ActionView assign(@PathVariable String id, @RequestBody(required = false) @Nullable String text, Principal who) {
        Body body = new Body(text, "to", "why");
        String to = body.text("to");
        if (to == null || to.length() > 64) {
            throw Problems.badParameter("to", "must name somebody, in 1 to 64 characters");
        }
        Answer answer = Why.of(body, who, clock.instant());
        Approval ignored = open(id);
        return answered(id, book.assign(id, to, answer));
    }

    private Approval open(String id) {
        return book.approval(id).orElseThrow(() -> ledger.action(id)
                .map(action -> Problems.conflict("The action " + id + " is \""
                        + action.state().word() + "\"; only one that is held is answered"))
                .orElseGet(() -> Problems.unknown("action", id)));
    }

    private static void mayAnswer(Approval approval, Principal who, HttpServletRequest request) {
        String assigned = approval.assignedTo();
        if (assigned != null && !assigned.equals(who.getName()) && !request.isUserInRole(Role.ADMIN.name())) {
            throw Problems.conflict("This is for " + assigned + " to answer; it can be assigned to somebody else");
        }
    }

    private ActionView answered(String id, Optional<ActionRecord> now) {
        return ActionView.of(now.orElseThrow(() -> Problems.conflict(
                "The action " + id + " is not held any more: somebody else was faster, or it was too late")));
    }
}
