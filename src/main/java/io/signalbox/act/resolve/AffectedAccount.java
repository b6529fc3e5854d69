package io.signalbox.act.resolve;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.resolve.ResolveIdentity.Resolution;
import io.signalbox.action.Action;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.Hindrance;
import io.signalbox.action.Inverse;
import io.signalbox.action.Outcome;
import io.signalbox.action.ProtectionBoard;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Ledger;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Looks, right before a connector acts, whose account it is that an action falls on: nobody is touched who is protected,
 * whatever identifier they came under, and reasons under several identifiers of one account add up.
 *
 * <p>Where it cannot be found out whether somebody is protected, an action that takes something away is not made: it is tried
 * again, as if the target were silent.
 */
@Step("affectedAccount")
public class AffectedAccount implements ProtectionBoard {

    private final ResolveIdentity identities;
    private final ConfiguredTargets targets;
    /** A bench for connectors has none, and takes nothing from anybody. */
    private final ObjectProvider<Ledger> ledger;

    private final Clock clock;
    private final Map<String, ProtectedAccounts> untouchable = new TreeMap<>();

    AffectedAccount(
            ResolveIdentity identities,
            ConfiguredTargets targets,
            ResolveProperties properties,
            ObjectProvider<GuardBoard> guard,
            ObjectProvider<Ledger> ledger,
            Clock clock) {
        this.identities = identities;
        this.targets = targets;
        this.ledger = ledger;
        this.clock = clock;
        for (String target : targets.names()) {
            untouchable.put(
                    target,
                    new ProtectedAccounts(
                            target,
                            identities,
                            targets,
                            () -> guard.stream()
                                    .flatMap(board -> board.protectedOneByOne().stream())
                                    .toList(),
                            properties.resolve().cache(),
                            clock));
        }
    }

    /**
     * What ends the attempt before it is made; absent if the connector is to be asked.
     *
     * @param resolution what came of the target's chain
     */
    public @Nullable Outcome outcome(Action action, String target, Resolution resolution) {
        SubjectIdentifier subject = action.subject();
        if (resolution.outcome() != null || subject == null || Inverse.isTelling(action.kind())) {
            return resolution.outcome();
        }
        ProtectedAccounts known = untouchable.get(target);
        ProtectedAccounts accounts = known == null || known.isEmpty() || Inverse.isUndo(action) ? null : known;
        Ledger book = ledger.getIfAvailable();
        boolean countsReasons = book != null
                && (Inverse.of(action.kind()).isPresent()
                        || !Inverse.takenBackBy(action.kind()).isEmpty());
        if (accounts == null && (!countsReasons || Inverse.isUndo(action))) {
            return null;
        }
        Answer account = identities.account(target, subject, action.kind());
        Outcome instead = accounts == null ? null : untouched(accounts, action, target, account);
        if (instead == null && book != null && account instanceof Answer.One one && countsReasons) {
            book.located(action, one.identity(), clock.instant());
        }
        return instead;
    }

    private @Nullable Outcome untouched(ProtectedAccounts accounts, Action action, String target, Answer account) {
        if (account instanceof Answer.Silent silent) {
            return unknown(action, "whom the subject is: " + silent.words());
        }
        String identity = account instanceof Answer.One one
                ? one.identity()
                : account instanceof Answer.PassOn && action.subject() != null
                        ? targets.nameOf(action.subject(), target)
                        : null;
        if (identity == null) {
            return null;
        }
        Boolean held = accounts.holds(identity);
        if (held == null) {
            return unknown(action, accounts.problem());
        }
        return held
                ? new Outcome.Suppressed(
                        Hindrance.PROTECTED.word() + ": the subject is protected by whom it is at the target " + target)
                : null;
    }

    private static @Nullable Outcome unknown(Action action, String why) {
        return Inverse.isDestructive(action.kind())
                ? new Outcome.NoAnswer("Not known yet whether the subject is protected; " + why, null)
                : null;
    }

    /** Reads again who is protected, where that is about to become too old. */
    public void refresh() {
        untouchable.values().forEach(ProtectedAccounts::refresh);
    }

    @Override
    public List<Protection> protections() {
        return untouchable.values().stream()
                .filter(accounts -> !accounts.isEmpty())
                .map(ProtectedAccounts::standing)
                .toList();
    }
}
