package io.signalbox.api;

import io.signalbox.action.GuardBoard;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.Approval;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * Where the link in a notification leads. To look changes nothing: programs that follow links to see where they lead must
 * approve nothing.
 */
@RestController
@RequestMapping(path = "/approval/{link}", produces = MediaType.TEXT_HTML_VALUE)
class ApprovalLinkController {

    private static final String WHO = "whoever holds the link";

    private final GuardBoard board;
    private final GuardBook book;
    private final FourEyes fourEyes;
    private final Clock clock;

    ApprovalLinkController(GuardBoard board, GuardBook book, FourEyes fourEyes, Clock clock) {
        this.fourEyes = fourEyes;
        this.board = board;
        this.book = book;
        this.clock = clock;
    }

    @GetMapping
    ResponseEntity<String> look(@PathVariable String link) {
        Approval open = open(link).orElse(null);
        if (open == null) {
            return page(404, "<p>This link is not ours, or it was answered already.</p>");
        }
        ActionRecord action = open.action();
        return page(
                200,
                "<p>" + text(action.action().kind()) + " at "
                        + text(String.valueOf(action.action().target()))
                        + " waits for somebody to agree.</p><p>Rule: "
                        + text(action.action().because().rule()) + "</p><p>Held: "
                        + text(
                                action.attempts().isEmpty()
                                        ? open.cause()
                                        : action.attempts().get(0).detail())
                        + "</p><form method=\"post\"><button name=\"answer\" value=\"approve\">Approve</button> "
                        + "<button name=\"answer\" value=\"reject\">Reject</button></form>");
    }

    @PostMapping
    ResponseEntity<String> answer(
            @PathVariable String link, @RequestParam(name = "answer", required = false) @Nullable String answer) {
        Approval open = open(link).orElse(null);
        if (open == null) {
            return page(404, "<p>This link is not ours, or it was answered already.</p>");
        }
        if (open.assignedTo() != null) {
            return page(409, "<p>This is for somebody else to answer now.</p>");
        }
        String id = open.action().action().id();
        boolean approved = "approve".equals(answer);
        if (!approved && !"reject".equals(answer)) {
            return page(400, "<p>The answer must be approve or reject.</p>");
        }
        if (approved && !fourEyes.mayAgreeByLink(open.action().action())) {
            return page(
                    409,
                    "<p>Who published the policy that asks for it may not agree to it, and a link does not tell who you"
                            + " are. Answer with a token of your own.</p>");
        }
        Answer said = new Answer(WHO, "answered by the link in the notification", clock.instant());
        Optional<ActionRecord> now = approved ? book.approve(id, said) : book.reject(id, said);
        return now.isEmpty()
                ? page(404, "<p>This link is not ours, or it was answered already.</p>")
                : page(200, approved ? "<p>Approved; it is on its way.</p>" : "<p>Rejected; it will not be done.</p>");
    }

    private Optional<Approval> open(String link) {
        return board.approvalNamed(link).flatMap(book::approval);
    }

    private static String text(String plain) {
        return HtmlUtils.htmlEscape(plain);
    }

    private static ResponseEntity<String> page(int status, String content) {
        return ResponseEntity.status(status)
                .cacheControl(CacheControl.noStore())
                .header("Referrer-Policy", "no-referrer")
                .header("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
                .contentType(new MediaType(MediaType.TEXT_HTML, java.nio.charset.StandardCharsets.UTF_8))
                .body("<!doctype html><html lang=\"en\"><head><title>Signalbox</title></head><body>" + content
                        + "</body></html>");
    }
}
