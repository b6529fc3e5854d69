package io.signalbox.api;

import io.signalbox.api.PolicyView.ActivationView;
import io.signalbox.api.PolicyView.VersionView;
import io.signalbox.policy.PolicyBoard;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.Publication;
import io.signalbox.policy.Swap;
import io.signalbox.store.PolicyBook;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Which policy decides, which there were, and how to change it. */
@RestController
@RequestMapping("/api/policy")
class PolicyController {

    private final PolicyBoard board;
    private final PolicyBook book;

    PolicyController(PolicyBoard board, PolicyBook book) {
        this.board = board;
        this.book = book;
    }

    @GetMapping
    PolicyView active() {
        return PolicyView.of(board.status());
    }

    @GetMapping("/activations")
    ListView<ActivationView> activations(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "after", "limit");
        return ListView.of(book.activations(parameters.text("after"), parameters.limit()), ActivationView::of);
    }

    @GetMapping("/versions")
    ListView<VersionView> versions(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "after", "limit");
        return ListView.of(book.versions(parameters.text("after"), parameters.limit()), VersionView::of);
    }

    @GetMapping("/versions/{id}")
    VersionView version(@PathVariable String id) {
        return book.version(id)
                .map(version -> VersionView.with(version, book.files(id).orElse(Map.of())))
                .orElseThrow(() -> Problems.unknown("policy", id));
    }

    /** Answers once it is checked, which takes seconds. It decides nothing before it is activated. */
    @PostMapping("/versions")
    ResponseEntity<VersionView> publish(@RequestBody(required = false) @Nullable String text, Principal who) {
        Body body = new Body(text, "files", "note");
        Publication publication = board.publish(body.files("files"), who.getName(), note(body));
        if (publication instanceof Publication.Kept kept) {
            return ResponseEntity.status(kept.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                    .body(VersionView.of(kept.version()));
        }
        throw refused(((Publication.Refused) publication).problems());
    }

    @PostMapping("/versions/{id}/activate")
    PolicyView activate(@PathVariable String id, @RequestBody(required = false) @Nullable String text, Principal who) {
        return done(board.activate(id, who.getName(), note(new Body(text, "note"))));
    }

    @PostMapping("/rollback")
    PolicyView rollBack(@RequestBody(required = false) @Nullable String text, Principal who) {
        return done(board.rollBack(who.getName(), note(new Body(text, "note"))));
    }

    private PolicyView done(Swap swap) {
        if (swap instanceof Swap.Unknown unknown) {
            throw Problems.unknown("policy", unknown.versionId());
        }
        if (swap instanceof Swap.NothingBefore) {
            throw Problems.conflict("There is no policy before this one to go back to");
        }
        if (swap instanceof Swap.Overtaken) {
            throw Problems.conflict("Another policy was made active just then; GET /api/policy says which");
        }
        if (swap instanceof Swap.Refused refused) {
            throw refused(refused.problems());
        }
        return PolicyView.of(board.status());
    }

    private static String note(Body body) {
        String note = body.text("note");
        if (note != null && note.length() > Body.LONGEST_NOTE) {
            throw Problems.badParameter("note", "must have at most " + Body.LONGEST_NOTE + " characters");
        }
        return note == null ? "" : note;
    }

    static ErrorResponseException refused(List<PolicyProblem> problems) {
        ErrorResponseException refused = Problems.unprocessable("The policy did not pass its checks");
        refused.getBody().setProperty("problems", PolicyView.problems(problems));
        return refused;
    }
}
