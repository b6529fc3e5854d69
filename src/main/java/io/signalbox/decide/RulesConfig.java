package io.signalbox.decide;

import io.signalbox.StartupFact;
import io.signalbox.store.Ledger;
import java.util.function.Supplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Compiles the policy at start. One that is broken stops the start: a gateway that decides nothing is worse than none. */
@Configuration(proxyBeanMethods = false)
class RulesConfig {

    @Bean
    Supplier<Policy> activePolicy(RulesProperties properties) {
        Policy policy = PolicyCompiler.compile(PolicyFiles.load(properties.directory()));
        return () -> policy;
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
