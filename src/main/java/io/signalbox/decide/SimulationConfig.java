package io.signalbox.decide;

import io.signalbox.policy.PolicySimulator;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The simulator alone, for a command beside the gateway. Not marked as a configuration: the gateway does not need it. */
@EnableConfigurationProperties(DecideProperties.class)
class SimulationConfig {

    @Bean
    PolicySimulator policySimulator(DecideProperties properties) {
        return new Simulator(properties.zoneId(), Clock.systemUTC());
    }
}
