package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.store.GuardBook;
import io.signalbox.store.GuardBook.Answer;
import io.signalbox.store.Stop;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Holds every outgoing action on all nodes, and lets them go again. Signals are taken and decided meanwhile. */
@RestController
@RequestMapping("/api/stop")
class StopController {

    private static final Logger LOG = LoggerFactory.getLogger(StopController.class);
    private static final int MOST_RELEASED = 1000;

    private final GuardBook book;
    private final Clock clock;

    StopController(GuardBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    @GetMapping
    StopView look() {
        return StopView.of(book.stop());
    }

    @PostMapping
    StopView stop(@RequestBody(required = false) @Nullable String text, Principal who) {
        Answer answer = Why.of(new Body(text, "why"), who, clock.instant());
        Stop now = book.stop(true, answer);
        LOG.warn("Every outgoing action is held, by {}: {}", now.by(), now.reason());
        return StopView.of(now);
    }

    /** What was held stays held until it is released. */
    @PostMapping("/lift")
    StopView lift(@RequestBody(required = false) @Nullable String text, Principal who) {
        Answer answer = Why.of(new Body(text, "why"), who, clock.instant());
        Stop now = book.stop(false, answer);
        LOG.warn("Actions go again, by {}: {}", answer.who(), answer.why());
        return StopView.of(now);
    }

    /** Those with these {@code ids}, or all; in the order in which they were held. */
    @PostMapping("/release")
    ReleaseView release(@RequestBody(required = false) @Nullable String text, Principal who) {
        Body body = new Body(text, "ids", "why");
        Answer answer = Why.of(body, who, clock.instant());
        if (book.stop().thrown()) {
            throw Problems.conflict("The stop switch is thrown; what is released now would be held again");
        }
        List<String> released =
                book.release(body.has("ids") ? body.texts("ids", MOST_RELEASED) : null, answer, MOST_RELEASED);
        return new ReleaseView(released.size(), released.size() == MOST_RELEASED);
    }

    /**
     * @param since when it was thrown; absent if it is not
     * @param by who threw it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StopView(
            boolean thrown,
            @Nullable Instant since,
            @Nullable String by,
            @Nullable String why) {

        static StopView of(Stop stop) {
            return new StopView(stop.thrown(), stop.since(), stop.by(), stop.reason());
        }
    }

    /** @param more whether there may be more; the same request again goes on with them */
    record ReleaseView(int released, boolean more) {}
}
