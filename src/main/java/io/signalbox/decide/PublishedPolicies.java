package io.signalbox.decide;

import io.signalbox.decide.PolicyGate.Checked;
import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyActivation.Cause;
import io.signalbox.policy.PolicyBoard;
import io.signalbox.policy.PolicyProblem;
import io.signalbox.policy.PolicyStatus;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.policy.Publication;
import io.signalbox.policy.Surroundings;
import io.signalbox.policy.Swap;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.PolicyBook;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy that decides, and all ways to change it. The ledger says which one is in force; this node compiles it aside
 * and then changes one reference (invariant I-7): who reads it has the one policy or the other, whole. Whatever fails, the
 * one that decides goes on.
 */
final class PublishedPolicies implements PolicyBoard, Supplier<Policy> {

    private static final Logger LOG = LoggerFactory.getLogger(PublishedPolicies.class);

    static final String FOLDER = PolicyVersion.FOLDER;
    static final String JAR = PolicyVersion.JAR;

    /** So that going back and forth compiles nothing. Each holds its classes in memory. */
    private static final int COMPILED = 3;

    private record InForce(Policy policy, PolicyActivation activation, PolicyVersion version, List<String> files) {}

    /** A version ready to decide. */
    private record Ready(Policy policy, PolicyVersion version, List<String> files) {}

    private final PolicyBook book;
    private final RulesFolder folder;
    private final boolean folderCounts;
    private final Surroundings around;
    private final ZoneId zone;
    private final Clock clock;

    /** One change at a time. A check, which takes seconds, is no change: whoever rolls back waits for none. */
    private final ReentrantLock changing = new ReentrantLock();

    private final ReentrantLock checking = new ReentrantLock();

    private final Map<String, Ready> compiled = new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ready> eldest) {
            return size() > COMPILED;
        }
    };

    private volatile InForce inForce;
    private volatile PolicyStatus.@Nullable Folder different;
    private volatile @Nullable String behind;

    private final boolean startedFromJar;

    /** Version of the folder that was dealt with last, whatever came of it. */
    private volatile String dealtWith;

    /** @throws BrokenPolicyException if there is no policy that could decide */
    PublishedPolicies(
            PolicyBook book, RulesFolder folder, boolean folderCounts, Surroundings around, ZoneId zone, Clock clock) {
        this.book = book;
        this.folder = folder;
        this.folderCounts = folderCounts;
        this.around = around;
        this.zone = zone;
        this.clock = clock;
        PolicyActivation last = book.active().orElse(null);
        PolicyFiles files = last == null || folderCounts ? atStart(last) : null;
        this.startedFromJar = files != null && files.isFromJar();
        this.dealtWith = files == null ? "" : files.version();
        this.inForce = last == null ? first(Objects.requireNonNull(files)) : resume(last, files);
        if (last != null && files != null && isNews(files)) {
            take(files);
        }
    }

    /** A folder that cannot be read is no reason to stop while the ledger knows a policy that decided before. */
    private @Nullable PolicyFiles atStart(@Nullable PolicyActivation last) {
        try {
            PolicyFiles files = folder.files();
            if (last != null && files.isFromJar() && !last.by().equals(JAR)) {
                differs(
                        "",
                        List.of(PolicyProblem.error(
                                folder.name(), null, 0, "is not there; the policy that decided before goes on")));
                return null;
            }
            return files;
        } catch (BrokenPolicyException | UncheckedIOException e) {
            if (last == null) {
                throw e;
            }
            differs("", List.of(PolicyProblem.error(folder.name(), null, 0, String.valueOf(e.getMessage()))));
            return null;
        }
    }

    private InForce first(PolicyFiles files) {
        Checked checked = PolicyGate.check(files, around, zone);
        if (checked instanceof Checked.Failed failed) {
            throw PolicyGate.broken(files.origin(), failed.problems());
        }
        Ready ready = keep(files, (Checked.Passed) checked, author(files), "");
        PolicyActivation activation = new PolicyActivation(
                1, ready.version().id(), now(), author(files), Cause.FIRST, files.origin(), null, null);
        if (book.activate(activation)) {
            return inForce(ready, activation);
        }
        // Another node was started at the same time.
        PolicyActivation other = book.active().orElseThrow();
        return resume(other, files);
    }

    /** What was in force when the node stopped; what the folder holds is looked at after that. */
    private InForce resume(PolicyActivation last, @Nullable PolicyFiles files) {
        boolean same = files != null && files.version().equals(last.versionId());
        PolicyVersion version = book.version(last.versionId()).orElseThrow();
        Map<String, String> contents = same
                ? Objects.requireNonNull(files).contents()
                : book.files(last.versionId()).orElseThrow();
        Checked checked = PolicyGate.compile(PolicyGate.files("the ledger", contents), version.check());
        if (checked instanceof Checked.Passed passed) {
            return inForce(ready(passed.policy(), version, contents), last);
        }
        List<PolicyProblem> problems = ((Checked.Failed) checked).problems();
        if (files == null || same) {
            throw PolicyGate.broken("the ledger, version " + last.versionId() + ",", problems);
        }
        // An upgrade that does not read the old one any more, and brings or finds another.
        LOG.warn("The policy {} that was active cannot be used by this release: {}", last.versionId(), problems);
        Checked instead = PolicyGate.check(files, around, zone);
        if (instead instanceof Checked.Failed failed) {
            throw PolicyGate.broken(files.origin(), failed.problems());
        }
        Ready ready = keep(files, (Checked.Passed) instead, author(files), "");
        PolicyActivation activation = following(last, ready, author(files), Cause.FOLDER, files.origin(), null);
        return book.activate(activation)
                ? inForce(ready, activation)
                : resume(book.active().orElseThrow(), files);
    }

    @Override
    public Policy get() {
        return inForce.policy();
    }

    @Override
    public PolicyStatus status() {
        InForce now = inForce;
        return new PolicyStatus(
                now.activation(),
                now.version(),
                now.files(),
                folderCounts ? PolicyProperties.Source.FOLDER.word() : PolicyProperties.Source.LEDGER.word(),
                different,
                behind);
    }

    @Override
    public Publication publish(Map<String, String> contents, String author, String note) {
        List<PolicyProblem> unfit = PolicyGate.unfit(contents);
        if (!unfit.isEmpty()) {
            return new Publication.Refused(unfit);
        }
        PolicyFiles files = PolicyGate.files("the request", contents);
        String id = files.version();
        PolicyVersion known = book.version(id).orElse(null);
        if (known != null) {
            return sameRules(files, book.files(id).orElse(Map.of()))
                    ? new Publication.Kept(known, false)
                    : new Publication.Refused(List.of(PolicyProblem.error(
                            "the policy", null, 0, "has the digest of another that is kept, and is not the same")));
        }
        checking.lock();
        try {
            Checked checked = PolicyGate.check(files, around, zone);
            if (checked instanceof Checked.Passed passed) {
                Ready ready = keep(files, passed, author, note);
                return new Publication.Kept(ready.version(), true);
            }
            return new Publication.Refused(((Checked.Failed) checked).problems());
        } finally {
            checking.unlock();
        }
    }

    private static boolean sameRules(PolicyFiles files, Map<String, String> kept) {
        return files.decisive().equals(PolicyGate.files("", kept).decisive());
    }

    @Override
    public Swap activate(String versionId, String by, String note) {
        changing.lock();
        try {
            follow();
            return change(
                    versionId, by, Cause.ACTIVATE, note, inForce.activation().number());
        } finally {
            changing.unlock();
        }
    }

    @Override
    public Swap rollBack(String by, String note) {
        changing.lock();
        try {
            follow();
            PolicyActivation before = before(inForce.activation());
            return before == null
                    ? new Swap.NothingBefore()
                    : change(before.versionId(), by, Cause.ROLLBACK, note, before.backTo());
        } finally {
            changing.unlock();
        }
    }

    private @Nullable PolicyActivation before(PolicyActivation activation) {
        Long number = activation.backTo();
        return number == null ? null : book.activation(number).orElse(null);
    }

    /** Compiled first, recorded second, in force third: a node that dies in between comes back with one that is whole. */
    private Swap change(String versionId, String by, Cause cause, String note, @Nullable Long backTo) {
        InForce now = inForce;
        if (now.version().id().equals(versionId)) {
            return new Swap.Already(now.activation());
        }
        Optional<PolicyVersion> version = book.version(versionId);
        if (version.isEmpty()) {
            return new Swap.Unknown(versionId);
        }
        Checked checked = prepare(version.get());
        if (checked instanceof Checked.Failed failed) {
            return new Swap.Refused(failed.problems());
        }
        Ready ready = Objects.requireNonNull(known(versionId));
        PolicyActivation next = new PolicyActivation(
                now.activation().number() + 1,
                versionId,
                now(),
                by,
                cause,
                note,
                folderCounts && !dealtWith.isEmpty() ? dealtWith : null,
                backTo);
        if (!book.activate(next)) {
            follow();
            return new Swap.Overtaken();
        }
        inForce = inForce(ready, next);
        if (folderCounts && !dealtWith.equals(versionId)) {
            differs(dealtWith, List.of());
        }
        return new Swap.Done(next);
    }

    /** Looks whether another node, or this one before an answer was lost, made another version active. */
    void follow() {
        PolicyActivation last = book.active().orElseThrow();
        if (last.number() == inForce.activation().number()) {
            behind = null;
            return;
        }
        changing.lock();
        try {
            PolicyVersion version = book.version(last.versionId()).orElseThrow();
            Checked checked = prepare(version);
            if (checked instanceof Checked.Failed failed) {
                String why = "The policy " + last.versionId() + " is active, and this node cannot use it: "
                        + failed.problems();
                if (!why.equals(behind)) {
                    LOG.error("{}; {} goes on here", why, inForce.version().id());
                }
                behind = why;
                return;
            }
            inForce = inForce(Objects.requireNonNull(known(last.versionId())), last);
            behind = null;
        } finally {
            changing.unlock();
        }
    }

    /** The ledger could not be asked: this node goes on with what it has. */
    void cannotFollow(LedgerUnavailableException e) {
        behind = "The ledger does not say which policy is active: " + e.getMessage();
    }

    /** Whether the folder holds what was neither dealt with, nor is in force, nor was put aside for it. */
    private boolean isNews(PolicyFiles files) {
        String held = files.version();
        PolicyActivation active = inForce.activation();
        if (held.equals(active.versionId())) {
            return false;
        }
        if (held.equals(active.aside())) {
            differs(held, List.of());
            return false;
        }
        return true;
    }

    /**
     * Deals with what the folder holds now.
     *
     * @return whether it had been dealt with before, so that there was nothing to do
     */
    boolean edited(PolicyFiles files) {
        changing.lock();
        try {
            if (files.version().equals(dealtWith)) {
                return false;
            }
            dealtWith = files.version();
            if (files.version().equals(inForce.version().id())) {
                different = null;
            } else {
                take(files);
            }
            return true;
        } finally {
            changing.unlock();
        }
    }

    String dealtWith() {
        return dealtWith;
    }

    /** The folder can be read, and holds what was dealt with before. */
    void found(String versionId) {
        PolicyStatus.Folder said = different;
        if (versionId.equals(inForce.version().id())) {
            different = null;
        } else if (said == null || !said.versionId().equals(versionId)) {
            differs(versionId, List.of());
        }
    }

    /** Whether there was no folder when this node was started: one that goes away later is missed. */
    boolean startedFromJar() {
        return startedFromJar;
    }

    private void take(PolicyFiles files) {
        Checked checked = PolicyGate.check(files, around, zone);
        if (checked instanceof Checked.Failed failed) {
            unusable(files.version(), failed.problems());
            return;
        }
        Ready ready = keep(files, (Checked.Passed) checked, author(files), "");
        PolicyActivation next =
                following(inForce.activation(), ready, author(files), Cause.FOLDER, files.origin(), null);
        if (book.activate(next)) {
            inForce = inForce(ready, next);
            different = null;
        } else {
            // Another node has taken the same edit, or somebody asked for another version just then.
            follow();
            if (inForce.version().id().equals(files.version())) {
                different = null;
            } else {
                differs(files.version(), List.of());
            }
        }
    }

    /** Says once what is wrong with the folder. */
    void unusable(String versionId, List<PolicyProblem> problems) {
        PolicyStatus.Folder before = different;
        if (before != null
                && before.versionId().equals(versionId)
                && before.problems().equals(problems)) {
            return;
        }
        differs(versionId, problems);
        LOG.error(
                "The rules in {} cannot be used; {} goes on deciding:\n  - {}",
                folder.name(),
                inForce.version().id(),
                String.join(
                        "\n  - ", problems.stream().map(PolicyProblem::toString).toList()));
    }

    private void differs(String versionId, List<PolicyProblem> problems) {
        different = new PolicyStatus.Folder(versionId, now(), problems);
    }

    private PolicyActivation following(
            PolicyActivation last, Ready ready, String by, Cause cause, String note, @Nullable String aside) {
        return new PolicyActivation(
                last.number() + 1, ready.version().id(), now(), by, cause, note, aside, last.number());
    }

    private Ready keep(PolicyFiles files, Checked.Passed passed, String author, String note) {
        PassedCheck check = passed.check();
        PolicyVersion version = new PolicyVersion(files.version(), now(), author, note, check);
        if (!book.keep(version, files.contents())) {
            version = book.version(files.version()).orElse(version);
        }
        return ready(passed.policy(), version, files.contents());
    }

    private Checked prepare(PolicyVersion version) {
        Ready known = known(version.id());
        if (known != null) {
            return new Checked.Passed(known.policy(), version.check());
        }
        Map<String, String> files = book.files(version.id()).orElseThrow();
        Checked checked = PolicyGate.compile(PolicyGate.files("the ledger", files), version.check());
        if (checked instanceof Checked.Passed passed) {
            Ready ignored = ready(passed.policy(), version, files);
        }
        return checked;
    }

    private Ready ready(Policy policy, PolicyVersion version, Map<String, String> files) {
        Ready ready = new Ready(policy, version, List.copyOf(files.keySet()));
        synchronized (compiled) {
            compiled.put(version.id(), ready);
        }
        return ready;
    }

    private @Nullable Ready known(String versionId) {
        synchronized (compiled) {
            return compiled.get(versionId);
        }
    }

    /** The compiled policy of a version, if it was used lately: nothing is compiled for it. */
    Optional<Policy> atHand(String versionId) {
        return Optional.ofNullable(known(versionId)).map(Ready::policy);
    }

    /** The compiled policy of a version that is kept; empty if there is none, or this release cannot use it. */
    Optional<Policy> compiled(String versionId) {
        return book.version(versionId)
                .map(this::prepare)
                .filter(Checked.Passed.class::isInstance)
                .map(checked -> ((Checked.Passed) checked).policy());
    }

    private static InForce inForce(Ready ready, PolicyActivation activation) {
        LOG.info(
                "The policy {} decides from here on: {} rules; activation {}, {} by {}",
                ready.version().id(),
                ready.policy().info().ruleCount(),
                activation.number(),
                activation.cause().word(),
                activation.by());
        return new InForce(ready.policy(), activation, ready.version(), ready.files());
    }

    private static String author(PolicyFiles files) {
        return files.isFromJar() ? JAR : FOLDER;
    }

    /** As the ledger keeps it. */
    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }
}
