package io.signalbox.api;

import io.signalbox.store.Ledger;
import io.signalbox.store.SignalQuery;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What came in, and what became of it. */
@RestController
@RequestMapping("/api/signals")
class SignalsController {

    private final Ledger ledger;

    SignalsController(Ledger ledger) {
        this.ledger = ledger;
    }

    @GetMapping
    ListView<SignalView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "jti", "iss", "subject", "from", "to", "after", "limit");
        SignalQuery restricted = new SignalQuery(
                parameters.text("jti"),
                parameters.text("iss"),
                parameters.subjectKey(),
                parameters.time("from"),
                parameters.time("to"),
                parameters.text("after"),
                parameters.limit());
        return ListView.of(ledger.signals(restricted), SignalView::of);
    }

    @GetMapping("/{id}")
    SignalView one(@PathVariable String id) {
        return ledger.signal(id).map(SignalView::of).orElseThrow(() -> Problems.unknown("signal", id));
    }
}
