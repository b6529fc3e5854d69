package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.policy.PolicyComparison;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicySimulations;
import io.signalbox.policy.ShadowBoard;
import io.signalbox.policy.ShadowRun;
import io.signalbox.policy.SimulationState;
import io.signalbox.store.Ledger;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Tries policies before they decide: over what was recorded, and in shadow over what comes. */
@RestController
@RequestMapping("/api/policy")
class PolicyTrialsController {

    private static final int MOST_DAYS = 365;

    private static final List<Role> NAMES_ARE_FOR = List.of(Role.POLICY_ADMIN, Role.ADMIN);

    private final PolicySimulations simulations;
    private final ShadowBoard shadow;
    private final Ledger ledger;

    PolicyTrialsController(PolicySimulations simulations, ShadowBoard shadow, Ledger ledger) {
        this.ledger = ledger;
        this.simulations = simulations;
        this.shadow = shadow;
    }

    /** Answers once the draft is compiled; the rest is done in the background. */
    @PostMapping("/simulate")
    @ResponseStatus(HttpStatus.ACCEPTED)
    SimulationView simulate(@RequestBody(required = false) @Nullable String text, Principal who) {
        Body body = new Body(text, "files", "version", "days", "against");
        if (body.has("files") == body.has("version")) {
            throw Problems.badParameter("files", "or a version is to be given, and not both");
        }
        String against = body.text("against");
        if (against != null && !against.equals("recorded") && !against.equals("active")) {
            throw Problems.badParameter("against", "must be recorded or active");
        }
        SimulationState.Asked asked = simulations.begin(
                new PolicySimulations.Request(
                        body.has("files") ? body.files("files") : null,
                        body.text("version"),
                        body.number("days", 7, 1, MOST_DAYS),
                        "active".equals(against)),
                who.getName());
        if (asked instanceof SimulationState.Asked.Begun begun) {
            return SimulationView.of(begun.simulation(), SubjectsByName.KEYS);
        }
        if (asked instanceof SimulationState.Asked.Unknown unknown) {
            throw Problems.unknown("policy", unknown.versionId());
        }
        if (asked instanceof SimulationState.Asked.Refused refused) {
            throw PolicyController.refused(refused.problems());
        }
        throw Problems.conflict("A simulation runs; there is one at a time");
    }

    /** Kept are the keys of subjects; who they are is looked up for those who may try policies, and only if asked for. */
    @GetMapping("/simulations/{id}")
    SimulationView simulation(
            @PathVariable String id, @RequestParam MultiValueMap<String, String> query, HttpServletRequest request) {
        boolean named = new Parameters(query, "names").flag("names");
        if (named && NAMES_ARE_FOR.stream().map(Role::name).noneMatch(request::isUserInRole)) {
            throw Problems.forbidden("Your role does not let you try policies, so you are told keys alone");
        }
        SimulationState simulation = simulations.simulation(id).orElseThrow(() -> Problems.unknown("simulation", id));
        return SimulationView.of(simulation, named ? new SubjectsByName(ledger) : SubjectsByName.KEYS);
    }

    /** Instead of the one that may be in shadow now. */
    @PostMapping("/versions/{id}/shadow")
    ShadowRun shadow(@PathVariable String id, Principal who) {
        ShadowBoard.Asked asked = shadow.on(id, who.getName());
        if (asked instanceof ShadowBoard.Asked.On on) {
            return on.run();
        }
        if (asked instanceof ShadowBoard.Asked.Refused refused) {
            List<PolicyProblem> problems = new ArrayList<>();
            refused.problems().forEach(problems::add);
            throw PolicyController.refused(problems);
        }
        throw Problems.unknown("policy", id);
    }

    @DeleteMapping("/shadow")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void noShadow(Principal who) {
        if (!shadow.off(who.getName())) {
            throw Problems.nothingThere("No policy is in shadow");
        }
    }

    @GetMapping("/shadow")
    ShadowView shadow() {
        ShadowRun run = shadow.inShadow().orElseThrow(() -> Problems.nothingThere("No policy is in shadow"));
        return new ShadowView(
                run.versionId(), run.since(), run.by(), shadow.comparison().orElse(null));
    }

    /**
     * A policy in shadow.
     *
     * @param result over the last signals since then, at most 10,000
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ShadowView(
            String version,
            Instant since,
            String by,
            @Nullable PolicyComparison result) {}

    /**
     * A simulation.
     *
     * @param state {@code running}, {@code done} or {@code failed}
     * @param progress signals gone through, and how many there are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SimulationView(
            String id,
            String version,
            String against,
            String by,
            Instant startedAt,
            String state,
            Map<String, Long> progress,
            @Nullable PolicyComparison result,
            @Nullable String failure) {

        static SimulationView of(SimulationState simulation, SubjectsByName names) {
            return new SimulationView(
                    simulation.id(),
                    simulation.versionId(),
                    simulation.against(),
                    simulation.by(),
                    simulation.startedAt(),
                    simulation.stage().word(),
                    Map.of("seen", simulation.seen(), "of", simulation.of()),
                    simulation.result() == null ? null : names.in(simulation.result()),
                    simulation.failure());
        }
    }
}
