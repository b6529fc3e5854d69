package io.signalbox.act.resolve;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.action.Action;
import io.signalbox.action.Identities;
import io.signalbox.action.Outcome;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedSockets;
import io.signalbox.set.SubjectIdentifier;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Finds out, right before a connector acts, whom the action's subject is at its target. It belongs here and not before the
 * decision: a directory that hangs holds up the actions of the targets that ask it, and nothing else (invariant I-5).
 */
@Step("resolveIdentity")
public class ResolveIdentity implements Identities {

    private static final String DEVICE = "device";
    private static final String USER = "user";

    private final ConfiguredTargets targets;
    private final Map<String, Chain> chains;
    /** Of targets without a chain whose connector asks the target itself. */
    private final Map<String, Chain> connectors;

    private final Map<String, List<Roll>> rolls;
    private final Map<String, Remembered> remembered = new TreeMap<>();
    private final MeterRegistry meters;

    @Autowired
    ResolveIdentity(
            ResolveProperties properties,
            ConfiguredTargets targets,
            GuardedHttp http,
            GuardedSockets sockets,
            Environment environment,
            Clock clock,
            MeterRegistry meters) {
        this.targets = targets;
        Chains configured = new Chains(targets, http, sockets, environment);
        this.chains = configured.of(properties);
        this.connectors = configured.ofConnectors(chains.keySet());
        Set<String> told = new TreeSet<>(chains.keySet());
        told.addAll(connectors.keySet());
        this.rolls = configured.rolls(properties, told);
        told.forEach(target -> remembered.put(target, new Remembered(properties.resolve(), clock)));
        this.meters = meters;
    }

    /**
     * The same as in a gateway of this configuration, without the gateway.
     *
     * @throws IllegalArgumentException naming the key, if a chain or a target does not fit
     */
    public static Identities configured(
            Environment environment, GuardedHttp http, GuardedSockets sockets, Clock clock) {
        return new ResolveIdentity(
                Binder.get(environment).bindOrCreate("signalbox", ResolveProperties.class),
                ConfiguredTargets.configured(environment),
                http,
                sockets,
                environment,
                clock,
                new SimpleMeterRegistry());
    }

    /**
     * What came of the chain of an action's target: an identity, or an outcome that ends the attempt, or neither, and the
     * connector is handed the subject as it came.
     *
     * @param identity whom the subject is at the target
     * @param outcome why it is nobody there, or not known yet
     */
    public record Resolution(
            @Nullable String identity, @Nullable Outcome outcome) {

        private static final Resolution AS_IT_CAME = new Resolution(null, null);

        /** Whom somebody is belongs in no log. */
        @Override
        public String toString() {
            return "Resolution[...]";
        }
    }

    /**
     * Asks the target's chain.
     *
     * @param number how many attempts were made before; one that was tried before does not believe what is remembered of
     *     nobody, since most likely somebody has mended it
     */
    public Resolution at(Action action, String target, @Nullable Integer number) {
        SubjectIdentifier subject = action.subject();
        if (subject == null || !chains.containsKey(target)) {
            return Resolution.AS_IT_CAME;
        }
        Optional<SubjectIdentifier> principal = principal(subject, action.kind());
        Answer answer = principal
                .map(one -> answer(target, one, number != null && number > 0))
                .orElseGet(() -> new Answer.Nobody("the subject names no user"));
        meters.counter("signalbox.resolutions", "target", target, "answer", word(answer))
                .increment();
        if (answer instanceof Answer.One one) {
            return new Resolution(one.identity(), null);
        }
        if (answer instanceof Answer.PassOn) {
            return Resolution.AS_IT_CAME;
        }
        return new Resolution(
                null,
                answer instanceof Answer.Silent
                        ? new Outcome.NoAnswer("Not known yet whom the subject is: " + answer.words(), null)
                        : new Outcome.Unmatched(sentence(answer)));
    }

    /** For the property {@code resolved}, where connectors find it. */
    public @Nullable String identity(Resolution resolution) {
        return resolution.identity();
    }

    /** What ends the attempt; absent if the connector is to be asked. */
    public @Nullable Outcome outcome(Resolution resolution) {
        return resolution.outcome();
    }

    @Override
    public List<Explained> explain(SubjectIdentifier subject) {
        List<Explained> all = new ArrayList<>();
        for (String target : targets.names()) {
            Chain chain = chains.get(target);
            List<Look> looks = new ArrayList<>();
            Answer answer;
            if (chain == null) {
                answer = new Answer.PassOn();
                looks.add(new Look("subject", "nobody", answer.words()));
            } else {
                answer = principal(subject, "")
                        .map(one -> chain.answer(one, looks))
                        .orElseGet(() -> new Answer.Nobody("the subject names no user"));
            }
            all.add(new Explained(
                    target,
                    word(answer),
                    answer instanceof Answer.One one ? one.identity() : null,
                    sentence(answer),
                    List.copyOf(looks)));
        }
        return all;
    }

    /** Reads tables again whose files have changed. Gives the targets for whom somebody may be found now who was not. */
    List<String> changed() {
        List<String> changed = new ArrayList<>();
        chains.forEach((target, chain) -> {
            boolean any = false;
            for (TableQuestion table : chain.tables()) {
                any |= table.changed();
            }
            if (any) {
                forget(target);
                changed.add(target);
            }
        });
        return changed;
    }

    List<String> mapped() {
        return List.copyOf(chains.keySet());
    }

    /** Whether it is configured; its chain may be gone since its actions matched nobody. */
    boolean knows(String target) {
        return targets.names().contains(target);
    }

    /** Whether it is known by now whom the action's subject is; absent if a directory does not answer. */
    @Nullable
    Boolean found(Action action, String target) {
        Outcome outcome = at(action, target, 1).outcome();
        return outcome instanceof Outcome.NoAnswer ? null : Boolean.valueOf(outcome == null);
    }

    /**
     * Whom an action of this kind falls on, found out even where the connector finds out by itself; handed on if nobody
     * can tell.
     */
    Answer account(String target, SubjectIdentifier subject, String kind) {
        return principal(subject, kind)
                .map(one -> answer(target, one, false))
                .orElseGet(() -> new Answer.Nobody("the subject names no user"));
    }

    /** Where those are named who are protected at a target. */
    List<Roll> rolls(String target) {
        return rolls.getOrDefault(target, List.of());
    }

    private Answer answer(String target, SubjectIdentifier one, boolean anew) {
        Remembered memory = remembered.get(target);
        Chain chain = chains.getOrDefault(target, connectors.get(target));
        if (memory == null || chain == null) {
            return new Answer.PassOn();
        }
        String fingerprint = one.fingerprint();
        Answer known = memory.of(fingerprint, anew);
        if (known == null) {
            known = chain.answer(one, new ArrayList<>());
            memory.put(fingerprint, known);
        }
        return known;
    }

    private void forget(String target) {
        Remembered memory = remembered.get(target);
        if (memory != null) {
            memory.forget();
        }
    }

    /** What is done to devices is about the device, everything else about the user. */
    private static Optional<SubjectIdentifier> principal(SubjectIdentifier subject, String kind) {
        return kind.startsWith(DEVICE + ".") && subject.principal(DEVICE).isPresent()
                ? subject.principal(DEVICE)
                : subject.principal(USER);
    }

    private static String word(Answer answer) {
        if (answer instanceof Answer.One) {
            return "matched";
        }
        if (answer instanceof Answer.PassOn) {
            return "passed-on";
        }
        if (answer instanceof Answer.Several) {
            return "ambiguous";
        }
        return answer instanceof Answer.Silent ? "no-answer" : "unmatched";
    }

    private static String sentence(Answer answer) {
        if (answer instanceof Answer.Several) {
            return "Not one alone: " + answer.words();
        }
        return answer instanceof Answer.Nobody ? "Nobody: " + answer.words() : answer.words();
    }
}
