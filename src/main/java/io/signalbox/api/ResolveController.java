package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.action.Identities;
import io.signalbox.action.Identities.Explained;
import io.signalbox.action.Identities.Look;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Whom a subject is at each target, and which step says so. */
@RestController
@RequestMapping("/api/resolve")
class ResolveController {

    private final ObjectProvider<Identities> identities;

    ResolveController(ObjectProvider<Identities> identities) {
        this.identities = identities;
    }

    /** Asks the directories now. */
    @GetMapping
    ListView<ExplainedView> of(@RequestParam MultiValueMap<String, String> query) {
        return new ListView<>(
                identities.getObject().explain(new Parameters(query, "subject").subject()).stream()
                        .map(ExplainedView::of)
                        .toList(),
                null);
    }

    /**
     * One target.
     *
     * @param verdict {@code matched}, {@code passed-on}, {@code unmatched}, {@code ambiguous} or {@code no-answer}
     * @param identity present only if it matched
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ExplainedView(
            String target, String verdict, @Nullable String identity, String detail, List<Look> steps) {

        static ExplainedView of(Explained one) {
            return new ExplainedView(one.target(), one.verdict(), one.identity(), one.detail(), one.steps());
        }
    }
}
