package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Redriven;
import io.signalbox.store.Unmatched;
import io.signalbox.store.UnmatchedBook;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Subjects whom targets did not know: what is about them waits here until the mapping was mended. */
@RestController
@RequestMapping("/api/unmatched")
class UnmatchedController {

    private static final int MOST_REPLAYED = 1000;

    private final UnmatchedBook book;
    private final Clock clock;

    UnmatchedController(UnmatchedBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    @GetMapping
    ListView<UnmatchedView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters parameters = new Parameters(query, "after", "limit");
        return ListView.of(book.page(parameters.text("after"), parameters.limit()), UnmatchedView::of);
    }

    /** All, or those of a {@code target}, of a {@code subject} (its key, or as for {@code /api/signals}), or both. */
    @PostMapping("/replay")
    @ResponseStatus(HttpStatus.ACCEPTED)
    RedriveView replay(@RequestBody(required = false) @Nullable String text) {
        Body body = new Body(text, "target", "subject");
        Redriven replayed =
                book.replay(body.text("target"), body.subjectKey("subject"), MOST_REPLAYED, clock.instant());
        return new RedriveView(
                replayed.count(),
                replayed.more(),
                replayed.more() ? "More remain: at most " + MOST_REPLAYED + " are sent again by one request" : null,
                null);
    }

    /**
     * One subject.
     *
     * @param key see {@code /api/subjects/{key}}
     * @param subject as its transmitter named it
     * @param since when the first of the actions ended so
     * @param count how many actions wait
     * @param reason which step found what, of one of them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record UnmatchedView(
            String key,
            @Nullable Map<String, Object> subject,
            List<String> targets,
            Instant since,
            long count,
            String reason) {

        static UnmatchedView of(Unmatched row) {
            SubjectIdentifier subject = row.subject();
            return new UnmatchedView(
                    row.subjectKey(),
                    subject == null ? null : subject.toJson(),
                    row.targets(),
                    row.since(),
                    row.actions(),
                    row.reason());
        }
    }
}
