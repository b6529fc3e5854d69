package io.signalbox.api;

import io.signalbox.event.Posture;
import io.signalbox.store.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How a subject stands, by the word of those who spoke of it. */
@RestController
@RequestMapping("/api/posture")
class PostureController {

    private final Ledger ledger;

    PostureController(Ledger ledger) {
        this.ledger = ledger;
    }

    @GetMapping
    ListView<KnownView> of(@RequestParam MultiValueMap<String, String> query) {
        String subject = new Parameters(query, "subject").subjectKey();
        if (subject == null) {
            throw Problems.badParameter("subject", "must say whose posture is asked for");
        }
        List<KnownView> views = new ArrayList<>();
        ledger.posture(subject)
                .forEach((issuer, known) -> known.forEach(each -> views.add(KnownView.of(issuer, each))));
        return new ListView<>(views, null);
    }

    /**
     * One aspect as it stands.
     *
     * @param iss by whose word
     * @param aspect such as {@code risk/USER}
     * @param value as spelt on the wire
     * @param since when that happened
     * @param signal the signal that said so
     */
    record KnownView(String iss, String aspect, String value, Instant since, String signal) {

        static KnownView of(String issuer, Posture.Known known) {
            return new KnownView(issuer, known.aspect(), known.value(), known.since(), known.signalId());
        }
    }
}
