package io.signalbox.guard;

import io.signalbox.store.Precautions.Apart;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What no rule may do, and what it may do only so often or with somebody's word.
 *
 * @param protect subjects that nothing is taken from, whatever identifier they come under: patterns such as
 *     {@code email:root@acme.example} and {@code email:svc-*@acme.example}, one subject as JSON, or its key
 *     ({@code sub-…}); default none
 * @param protectFile a file with more of them, one a line; a line that begins with {@code #} is a comment. It is read at
 *     the start, which fails if it cannot be
 * @param dryRun names of targets at which nothing is done; what would be is recorded
 * @param budgets how much may be done in which time; what is over waits for somebody to agree
 * @param approve actions that wait for somebody to agree, whatever else
 * @param approvalWait how long they wait; default 4h
 * @param fourEyes whether who published a policy may not agree to what it asks for, by whatever rule; default false
 * @param repeatAfter a containment that was seen in force within this time is not asked for again,
 *     0s for always asking; default 10m
 * @param echoes target to the issuer that tells what happens there: what it tells of our own actions starts no second
 *     round
 * @param echoWindow how long after an action its effect is told; default 1m
 * @param hops how often one event about one subject may come round within one {@code txn}, 1 to 1000; default 5
 * @param restorers issuers that may give back what others had taken; each may give back what itself had taken
 * @param population how many subjects there are, for budgets that are a share of them; 0 counts those that were heard of;
 *     default 0
 * @param linkBase address under which operators reach this gateway; with it, whoever is told of a held action is given a
 *     link by which to agree, once
 * @param linkKeyFile file that holds the secret with which links are signed, the same on all nodes; default: one is made
 *     in the data directory
 * @param clockDoubt how long a clock that jumped must stay where it is before anything is given back by it; default 1h
 */
@ConfigurationProperties("signalbox.guard")
record GuardProperties(
        @DefaultValue List<String> protect,
        @Nullable Path protectFile,
        @DefaultValue Set<String> dryRun,
        @DefaultValue List<Budget> budgets,
        @DefaultValue List<Approve> approve,
        @DefaultValue("4h") Duration approvalWait,
        @DefaultValue("false") boolean fourEyes,
        @DefaultValue("10m") Duration repeatAfter,
        @DefaultValue Map<String, String> echoes,
        @DefaultValue("1m") Duration echoWindow,
        @DefaultValue("5") int hops,
        @DefaultValue List<Restorer> restorers,
        @DefaultValue("0") long population,
        @Nullable URI linkBase,
        @Nullable Path linkKeyFile,
        @DefaultValue("1h") Duration clockDoubt) {

    GuardProperties {
        protect = List.copyOf(protect);
        dryRun = Set.copyOf(dryRun);
        budgets = List.copyOf(budgets);
        approve = List.copyOf(approve);
        echoes = Map.copyOf(echoes);
        restorers = List.copyOf(restorers);
        positive("approval-wait", approvalWait);
        positive("echo-window", echoWindow);
        positive("clock-doubt", clockDoubt);
        if (repeatAfter.isNegative()) {
            throw new IllegalArgumentException("signalbox.guard.repeat-after: must not be negative");
        }
        if (hops < 1 || hops > 1000) {
            throw new IllegalArgumentException("signalbox.guard.hops: must be between 1 and 1000, is " + hops);
        }
        if (population < 0) {
            throw new IllegalArgumentException("signalbox.guard.population: must not be negative");
        }
        for (int place = 0; place < budgets.size(); place++) {
            budgets.get(place).check("signalbox.guard.budgets[" + place + "].");
        }
        for (int place = 0; place < approve.size(); place++) {
            if (approve.get(place).isEmpty()) {
                throw new IllegalArgumentException("signalbox.guard.approve[" + place
                        + "]: must name kinds, targets or rules; with none, nothing would ever go by itself");
            }
        }
        if (linkBase != null && !"https".equals(linkBase.getScheme()) && !"http".equals(linkBase.getScheme())) {
            throw new IllegalArgumentException("signalbox.guard.link-base: must begin with https:// or http://");
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("signalbox.guard." + key + ": must be longer than nothing");
        }
    }

    /**
     * How much may be done in which time.
     *
     * @param name what operators know it by
     * @param kinds of action that are counted, at least one
     * @param targets that are counted; default all
     * @param issuers whose signals are counted; default all
     * @param sources whose signals are counted, by the name of the source; default all
     * @param rules that are counted, by their names; default all
     * @param apart what is counted by itself: {@code kind}, {@code target}, {@code issuer}, {@code rule}; default
     *     nothing: all is counted together
     * @param most how many go within the window, at least 1
     * @param share the part of the known subjects that goes within the window, 0 to 1, if that is more than
     *     {@code most}; default 0
     * @param within the window, one second to 31 days
     */
    record Budget(
            @Nullable String name,
            @DefaultValue Set<String> kinds,
            @DefaultValue Set<String> targets,
            @DefaultValue Set<String> issuers,
            @DefaultValue Set<String> sources,
            @DefaultValue Set<String> rules,
            @DefaultValue Set<Apart> apart,
            @DefaultValue("0") long most,
            @DefaultValue("0") double share,
            @Nullable Duration within) {

        Budget {
            kinds = Set.copyOf(kinds);
            targets = Set.copyOf(targets);
            issuers = Set.copyOf(issuers);
            sources = Set.copyOf(sources);
            rules = Set.copyOf(rules);
            apart = Set.copyOf(apart);
        }

        private void check(String key) {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException(key + "name: must be given");
            }
            if (kinds.isEmpty()) {
                throw new IllegalArgumentException(key + "kinds: must name at least one kind of action");
            }
            if (most < 1) {
                throw new IllegalArgumentException(key + "most: must be at least 1, is " + most);
            }
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(key + "share: must be between 0 and 1, is " + share);
            }
            if (within == null || within.toSeconds() < 1 || within.toDays() > 31) {
                throw new IllegalArgumentException(key + "within: must be given, and be one second to 31 days");
            }
        }
    }

    /**
     * Which actions wait for somebody to agree: those of one of these kinds, at one of these targets, by one of these
     * rules.
     *
     * @param kinds default all
     * @param targets default all
     * @param rules by their names; default all
     */
    record Approve(
            @DefaultValue Set<String> kinds,
            @DefaultValue Set<String> targets,
            @DefaultValue Set<String> rules) {

        private boolean isEmpty() {
            return kinds.isEmpty() && targets.isEmpty() && rules.isEmpty();
        }
    }

    /**
     * An issuer that may give back what others had taken.
     *
     * @param issuer who says that a subject stands well again
     * @param of by whose word it was taken
     */
    record Restorer(
            @DefaultValue("") String issuer, @DefaultValue Set<String> of) {}
}
