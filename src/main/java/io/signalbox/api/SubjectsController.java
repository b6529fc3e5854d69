package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.event.Posture;
import io.signalbox.store.Erasures;
import io.signalbox.store.Erasures.Result;
import io.signalbox.store.Ledger;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One subject: how it stands, and its erasure. */
@RestController
@RequestMapping("/api/subjects/{key}")
class SubjectsController {

    private static final Logger LOG = LoggerFactory.getLogger(SubjectsController.class);
    private static final String KEY = "sub-[0-9a-f]{32}";

    private final Ledger ledger;
    private final Erasures erasures;
    private final Clock clock;

    SubjectsController(Ledger ledger, Erasures erasures, Clock clock) {
        this.ledger = ledger;
        this.erasures = erasures;
        this.clock = clock;
    }

    @GetMapping
    SubjectView of(@PathVariable String key, @RequestParam MultiValueMap<String, String> query) {
        Parameters.none(query);
        List<StandingView> views = new ArrayList<>();
        ledger.posture(checked(key)).forEach((issuer, known) -> views.add(StandingView.of(issuer, known)));
        return new SubjectView(key, views);
    }

    /** What has not ended stands in the way, unless {@code force} says that it is to be discarded. */
    @PostMapping("/erase")
    ErasedView erase(
            @PathVariable String key, @RequestBody(required = false) @Nullable String text, Principal operator) {
        boolean force = new Body(text, "force").flag("force");
        Result result = erasures.erase(checked(key), force, operator.getName(), clock.instant());
        if (result instanceof Result.Underway underway) {
            throw Problems.conflict(underway.actions() + " actions about this subject have not ended; discard them, or"
                    + " send {\"force\": true}, which does");
        }
        if (!(result instanceof Result.Erased erased)) {
            throw Problems.unknown("subject", key);
        }
        LOG.warn(
                "{} erased a subject, {} from now on: {} signals, {} actions, {} attempts",
                operator.getName(),
                erased.pseudonym(),
                erased.signals(),
                erased.actions(),
                erased.attempts());
        return new ErasedView(
                erased.pseudonym(), erased.signals(), erased.actions(), erased.attempts(), erased.postures());
    }

    private static String checked(String key) {
        if (!key.matches(KEY)) {
            throw Problems.badParameter("key", "must be a subject key (sub-…); addresses do not belong in a URL");
        }
        return key;
    }

    /** How a subject stands, by the word of each issuer that spoke of it. */
    record SubjectView(String key, List<StandingView> standings) {}

    /**
     * One issuer's word.
     *
     * @param risk of what ({@code USER}, {@code DEVICE} …) to its level
     * @param compliance of the device; several are told apart by their keys
     * @param assurance namespace to level
     * @param credentials type to what became of it last
     * @param sessions what became last of any of its sessions; absent if never told, as with the next ones
     * @param account whether it can be used
     * @param sharing whether the user agrees to have events exchanged
     * @param known all of it, each with its time and the signal that said so
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StandingView(
            String iss,
            Map<String, String> risk,
            Map<String, String> compliance,
            Map<String, String> assurance,
            Map<String, String> credentials,
            @Nullable String sessions,
            @Nullable String account,
            @Nullable String sharing,
            List<KnownView> known) {

        static StandingView of(String issuer, List<Posture.Known> known) {
            return new StandingView(
                    issuer,
                    under("risk", known),
                    under("compliance", known),
                    under("assurance", known),
                    under("credential", known),
                    one("sessions", known),
                    one("account", known),
                    one("sharing", known),
                    known.stream()
                            .map(each -> new KnownView(each.aspect(), each.value(), each.since(), each.signalId()))
                            .toList());
        }

        private static Map<String, String> under(String name, List<Posture.Known> known) {
            Map<String, String> found = new TreeMap<>();
            for (Posture.Known each : known) {
                if (each.aspect().equals(name)) {
                    found.put("", each.value());
                } else if (each.aspect().startsWith(name + "/")) {
                    found.put(each.aspect().substring(name.length() + 1), each.value());
                }
            }
            return found;
        }

        private static @Nullable String one(String name, List<Posture.Known> known) {
            return known.stream()
                    .filter(each -> each.aspect().equals(name))
                    .map(Posture.Known::value)
                    .findFirst()
                    .orElse(null);
        }
    }

    record KnownView(String aspect, String value, Instant since, String signal) {}

    /** What was erased; rows about the subject name {@code pseudonym} in its place. */
    record ErasedView(String pseudonym, long signals, long actions, long attempts, long postures) {}
}
