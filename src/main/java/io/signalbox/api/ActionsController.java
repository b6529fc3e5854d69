package io.signalbox.api;

import io.signalbox.store.ActionRecord;
import io.signalbox.store.Ledger;
import java.time.Clock;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What was asked of the targets; dead letters are found here and sent again. */
@RestController
@RequestMapping("/api/actions")
class ActionsController {

    private final Ledger ledger;
    private final Clock clock;

    ActionsController(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    @GetMapping
    ListView<ActionView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "state", "after", "limit");
        return ListView.of(
                ledger.actions(parameters.state(), parameters.text("after"), parameters.limit()), ActionView::of);
    }

    @GetMapping("/{id}")
    ActionView one(@PathVariable String id) {
        return ActionView.of(known(id));
    }

    /** Answers before it is sent: when and how it ended is seen in the action. */
    @PostMapping("/{id}/redrive")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ActionView redrive(@PathVariable String id) {
        Optional<ActionRecord> again = ledger.redrive(id, clock.instant());
        return ActionView.of(again.orElseThrow(() -> Problems.conflict("The action " + id + " is \""
                + known(id).state().word() + "\"; only one that ended as not-found, refused or dead is sent again")));
    }

    private ActionRecord known(String id) {
        return ledger.action(id).orElseThrow(() -> Problems.unknown("action", id));
    }
}
