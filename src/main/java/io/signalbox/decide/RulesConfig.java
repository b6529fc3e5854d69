package io.signalbox.decide;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.signalbox.StartupFact;
import io.signalbox.policy.PolicyDesk;
import io.signalbox.policy.PolicyStatus;
import io.signalbox.store.Ledger;
import io.signalbox.store.PolicyBook;
import io.signalbox.store.Replay;
import io.signalbox.store.StandIns;
import io.signalbox.store.TrialBook;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Compiles the policy at start. If neither the folder nor the ledger holds one that can be used, there is no start: a
 * gateway that decides nothing is worse than none.
 */
@Configuration(proxyBeanMethods = false)
class RulesConfig {

    /** Known to no order of statuses, so it does not change what is said of the whole. */
    private static final String ATTENTION = "ATTENTION";

    @Bean
    PublishedPolicies activePolicy(
            RulesProperties rules,
            PolicyProperties policy,
            DecideProperties decide,
            PolicyBook book,
            Clock clock,
            Environment environment,
            MeterRegistry meters) {
        PublishedPolicies policies = new PublishedPolicies(
                book,
                new RulesFolder(rules.directory()),
                policy.source() == PolicyProperties.Source.FOLDER,
                DecideActions.surroundings(environment),
                decide.zoneId(),
                clock);
        Gauge.builder(
                        "signalbox.policy.attention",
                        policies,
                        each -> each.status().needsAttention() ? 1 : 0)
                .description("1 if an edit of the rules cannot be used, or this node could not follow the others")
                .register(meters);
        return policies;
    }

    @Bean
    PolicyWatch policyWatch(
            PublishedPolicies policies, ShadowPolicy shadow, RulesProperties rules, PolicyProperties policy) {
        RulesFolder folder =
                policy.source() == PolicyProperties.Source.FOLDER ? new RulesFolder(rules.directory()) : null;
        return new PolicyWatch(policies, shadow, folder, policy.watch()).start();
    }

    @Bean
    BackgroundSimulations policySimulations(
            PublishedPolicies policies,
            PolicyBook book,
            TrialBook trials,
            Replay replay,
            PolicyProperties properties,
            DecideProperties decide,
            Clock clock) {
        return new BackgroundSimulations(
                policies, book, trials, replay, properties.simulationShare(), decide.zoneId(), clock);
    }

    /** Not down: the last good policy decides. What is wrong in whose rules is for those who may ask {@code /api}. */
    @Bean
    HealthIndicator policyHealthIndicator(PublishedPolicies policies) {
        return () -> {
            PolicyStatus status = policies.status();
            Health.Builder health = status.needsAttention() ? Health.status(ATTENTION) : Health.up();
            health.withDetail("version", status.version().id());
            if (status.folder() != null) {
                health.withDetail("folder", status.folder());
            }
            return status.behind() == null
                    ? health.build()
                    : health.withDetail("behind", status.behind()).build();
        };
    }

    @Bean
    PolicyDesk policyDesk(DecideProperties properties, PublishedPolicies policies) {
        return new Desk(properties.zoneId(), policies::atHand);
    }

    @Bean
    KeptGrounds keptGrounds(DecideProperties properties, StandIns standIns) {
        return switch (properties.facts()) {
            case PLAIN -> new KeptGrounds(value -> value);
            case PSEUDONYMS -> new KeptGrounds(standIns::of);
            case NONE -> KeptGrounds.NONE;
        };
    }

    @Bean
    Recollection recollection(Ledger ledger) {
        return Recollection.by(ledger);
    }

    @Bean
    @Order(2)
    StartupFact policyFact(Supplier<Policy> activePolicy) {
        return StartupFact.of("policy", () -> {
            PolicyInfo info = activePolicy.get().info();
            return info.version() + ", " + info.ruleCount() + " rules from " + info.fileCount() + " files of "
                    + info.origin();
        });
    }
}
