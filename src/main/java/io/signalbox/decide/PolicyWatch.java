package io.signalbox.decide;

import io.signalbox.policy.PolicyProblem;
import io.signalbox.store.LedgerUnavailableException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few moments whether the rules folder was edited, and whether another node made another policy active. An
 * edit is a series of writes: what is found must be there unchanged at the next look before it is taken for finished.
 */
final class PolicyWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

    /** In looks: sweeping is no hurry. */
    private static final int SWEPT_EVERY = 60;

    private final PublishedPolicies policies;
    private final @Nullable ShadowPolicy shadow;
    private final @Nullable RulesFolder folder;
    private final Duration every;
    private @Nullable ScheduledExecutorService looks;
    private @Nullable String seen;
    private int looked;

    /**
     * @param shadow absent if none is to be looked after
     * @param folder absent if it does not count
     */
    PolicyWatch(
            PublishedPolicies policies, @Nullable ShadowPolicy shadow, @Nullable RulesFolder folder, Duration every) {
        this.policies = policies;
        this.shadow = shadow;
        this.folder = folder;
        this.every = every;
    }

    PolicyWatch start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "policy-watch");
            thread.setDaemon(true);
            return thread;
        });
        looks = started;
        started.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /** Whatever fails is tried again at the next look: a watch that has died would be noticed by nobody. */
    void look() {
        try {
            policies.follow();
            if (shadow != null) {
                shadow.follow();
                if (looked++ % SWEPT_EVERY == 0) {
                    shadow.sweep();
                }
            }
            if (folder != null) {
                lookInto(folder);
            }
        } catch (LedgerUnavailableException e) {
            policies.cannotFollow(e);
        } catch (RuntimeException e) {
            LOG.error("The policy could not be looked after; that is tried again", e);
        }
    }

    private void lookInto(RulesFolder rules) {
        PolicyFiles files;
        try {
            files = rules.files();
        } catch (UncheckedIOException | BrokenPolicyException e) {
            // A file that goes away while it is read: most often an edit under way.
            if (seen == null) {
                policies.unusable(
                        "", List.of(PolicyProblem.error(rules.name(), null, 0, String.valueOf(e.getMessage()))));
            }
            seen = null;
            return;
        }
        if (files.isFromJar() && !policies.startedFromJar()) {
            if (seen == null) {
                policies.unusable("", List.of(PolicyProblem.error(rules.name(), null, 0, "is not there any more")));
            }
            seen = null;
            return;
        }
        String version = files.version();
        if (version.equals(policies.dealtWith())) {
            policies.found(version);
        } else if (version.equals(seen)) {
            boolean ignored = policies.edited(files);
        }
        seen = version;
    }

    /** An edit that is being checked is finished with; nothing else is begun. */
    @Override
    public void close() {
        ScheduledExecutorService running = looks;
        if (running != null) {
            running.shutdown();
        }
    }
}
