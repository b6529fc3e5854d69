package io.signalbox.ingest.poll;

import io.signalbox.set.RawSet;
import io.signalbox.set.Verdict;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins the pollers to the routes: what they fetch or see goes in where {@code poll.camel.yaml} and {@code watch.camel.yaml} in {@code routes/ingest}
 * take it up. */
@Configuration(proxyBeanMethods = false)
class PollConfig {

    private static final String VERIFY = "direct:ingest.poll.verify";
    private static final String ATTEST = "direct:ingest.watch.attest";
    private static final String KEEP = "direct:ingest.poll.keep";

    @Bean
    CamelContextConfiguration polling(ObjectProvider<Pollers> pollers) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Nothing can be taken yet: there are no routes.
            }

            @Override
            public void afterApplicationStart(CamelContext context) {
                ProducerTemplate routes = context.createProducerTemplate();
                pollers.getObject()
                        .start(new RoutedIntake(routes), seen -> routes.requestBody(ATTEST, seen, Verdict.class));
            }
        };
    }

    private record RoutedIntake(ProducerTemplate routes) implements Intake {

        @Override
        public Verdict verify(RawSet set) {
            return routes.requestBody(VERIFY, set, Verdict.class);
        }

        @Override
        public void keep(Verdict.Accepted accepted) {
            try {
                routes.sendBody(KEEP, accepted);
            } catch (CamelExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }
}
