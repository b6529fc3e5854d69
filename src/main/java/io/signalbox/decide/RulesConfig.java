package io.signalbox.decide;

import java.util.function.Supplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Compiles the policy at start. One that is broken stops the start: a gateway that decides nothing is worse than none. */
@Configuration(proxyBeanMethods = false)
class RulesConfig {

    @Bean
    Supplier<Policy> activePolicy(RulesProperties properties) {
        Policy policy = PolicyCompiler.compile(PolicyFiles.load(properties.rulesDirectory()));
        return () -> policy;
    }

    @Bean
    PolicyInfo policyInfo(Supplier<Policy> activePolicy) {
        return activePolicy.get().info();
    }
}
