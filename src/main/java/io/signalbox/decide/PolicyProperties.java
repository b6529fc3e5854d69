package io.signalbox.decide;

import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How policy is published.
 *
 * @param source what says which policy decides. {@code folder}: what {@code signalbox.rules-directory} holds, at the
 *     start and after each edit; what somebody activates or rolls back to over the API holds until the folder is edited.
 *     {@code ledger}: the API alone; the folder is read once, at the first start of all
 * @param watch how often folder and ledger are looked at, 200 ms to 1 h; a folder must look the same twice before what it
 *     holds is taken
 * @param shadowRetention how long is kept what a policy in shadow would have decided, at least 1 h; at most the last
 *     100,000 signals are
 * @param simulationShare of one processor that a simulation may take, 0.05 to 1
 */
@ConfigurationProperties("signalbox.policy")
record PolicyProperties(
        @DefaultValue("folder") Source source,
        @DefaultValue("2s") Duration watch,
        @DefaultValue("14d") Duration shadowRetention,
        @DefaultValue("0.5") double simulationShare) {

    /** What says which policy decides. */
    enum Source {
        FOLDER,
        LEDGER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    PolicyProperties {
        if (watch.toMillis() < 200 || watch.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("signalbox.policy.watch must be between 200ms and 1h, but is " + watch);
        }
        if (shadowRetention.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException(
                    "signalbox.policy.shadow-retention must be at least 1h, but is " + shadowRetention);
        }
        if (!(simulationShare >= 0.05 && simulationShare <= 1)) {
            throw new IllegalArgumentException(
                    "signalbox.policy.simulation-share must be between 0.05 and 1, but is " + simulationShare);
        }
    }
}
