package io.signalbox.act.resolve;

import io.signalbox.act.ConfiguredTargets;
import io.signalbox.action.ProtectionBoard.Protection;
import io.signalbox.set.SubjectIdentifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is protected at one target, by whom they are there. What was read is good for a while, and read again before that is
 * over; once it has become too old and cannot be read again, nobody knows who is protected.
 */
final class ProtectedAccounts {

    private static final Logger LOG = LoggerFactory.getLogger(ProtectedAccounts.class);
    private static final String KIND = "account.disable";

    private final String target;
    private final ResolveIdentity identities;
    private final ConfiguredTargets targets;
    private final Supplier<List<SubjectIdentifier>> listed;
    private final Duration good;
    private final Clock clock;

    private volatile @Nullable Read read;
    private volatile @Nullable String problem;
    /** Whether anybody has asked since it was read; what nobody asks for is not kept fresh. */
    private volatile boolean wanted;

    ProtectedAccounts(
            String target,
            ResolveIdentity identities,
            ConfiguredTargets targets,
            Supplier<List<SubjectIdentifier>> listed,
            Duration good,
            Clock clock) {
        this.target = target;
        this.identities = identities;
        this.targets = targets;
        this.listed = listed;
        this.good = good;
        this.clock = clock;
    }

    private record Read(Set<String> accounts, List<Pattern> patterns, Instant at) {
        boolean holds(String identity) {
            String folded = identity.toLowerCase(Locale.ROOT);
            return accounts.contains(folded)
                    || patterns.stream()
                            .anyMatch(pattern -> pattern.matcher(folded).matches());
        }
    }

    boolean isEmpty() {
        return identities.rolls(target).isEmpty() && listed.get().isEmpty();
    }

    /**
     * Whether somebody is among them.
     *
     * @return absent if it cannot be known now; then {@link #problem} says why
     */
    @Nullable
    Boolean holds(String identity) {
        wanted = true;
        Read known = read;
        if (known == null || !isGood(known, good)) {
            known = again();
        }
        return known == null ? null : Boolean.valueOf(known.holds(identity));
    }

    String problem() {
        String words = problem;
        return words == null ? "it was not read yet" : words;
    }

    /** Reads again what is about to become too old. */
    void refresh() {
        Read known = read;
        if (wanted && known != null && !isGood(known, good.dividedBy(2))) {
            wanted = false;
            Read ignored = again();
        }
    }

    Protection standing() {
        Read known = read;
        List<String> names = Stream.concat(
                        listed.get().isEmpty() ? Stream.of() : Stream.of("signalbox.guard.protect"),
                        identities.rolls(target).stream().map(Roll::name))
                .toList();
        return new Protection(
                target,
                names,
                known == null
                        ? null
                        : known.accounts().size() + known.patterns().size(),
                known == null ? null : known.at(),
                problem);
    }

    private boolean isGood(Read known, Duration time) {
        return known.at().plus(time).isAfter(clock.instant());
    }

    /** One at a time: whoever comes meanwhile waits for what the first one finds. */
    private synchronized @Nullable Read again() {
        Read known = read;
        if (known != null && isGood(known, good.dividedBy(2))) {
            return known;
        }
        Instant begun = clock.instant();
        try {
            Set<String> found = new TreeSet<>();
            for (Roll roll : identities.rolls(target)) {
                found.addAll(whole(roll));
            }
            for (SubjectIdentifier subject : listed.get()) {
                found.addAll(whoIs(subject));
            }
            Read now = new Read(folded(found, false), patterns(found), begun);
            read = now;
            problem = null;
            return now;
        } catch (Roll.UnreadableException e) {
            if (!String.valueOf(e.getMessage()).equals(problem)) {
                LOG.warn(
                        "Who is protected at the target {} cannot be read: {}. What takes something from anybody there"
                                + " waits once what was read before is too old",
                        target,
                        e.getMessage());
            }
            problem = e.getMessage();
            return known != null && isGood(known, good) ? known : null;
        }
    }

    private static Set<String> whole(Roll roll) throws Roll.UnreadableException {
        try {
            return roll.read();
        } catch (Roll.UnreadableException e) {
            throw new Roll.UnreadableException(roll.name() + ": " + e.getMessage());
        }
    }

    /** One that is found several times may be any of them, and nobody knows which. */
    private List<String> whoIs(SubjectIdentifier subject) throws Roll.UnreadableException {
        List<String> found = new ArrayList<>();
        for (SubjectIdentifier one : subject.identifiers()) {
            Answer answer = identities.account(target, one, KIND);
            if (answer instanceof Answer.One match) {
                found.add(match.identity());
            } else if (answer instanceof Answer.PassOn) {
                String name = targets.nameOf(one, target);
                found.addAll(name == null ? List.of() : List.of(name));
            } else if (!(answer instanceof Answer.Nobody)) {
                throw new Roll.UnreadableException("whom a subject of signalbox.guard.protect is: " + answer.words());
            }
        }
        return found;
    }

    private static Set<String> folded(Set<String> found, boolean stars) {
        return found.stream()
                .filter(each -> each.contains("*") == stars)
                .map(each -> each.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static List<Pattern> patterns(Set<String> found) {
        return folded(found, true).stream()
                .map(each -> Pattern.compile(Stream.of(each.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("[^\\p{Cntrl}]*"))))
                .toList();
    }
}
