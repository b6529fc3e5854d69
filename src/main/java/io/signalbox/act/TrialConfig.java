package io.signalbox.act;

import io.signalbox.act.resolve.AffectedAccount;
import io.signalbox.act.resolve.ResolveIdentity;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.action.Trial;
import io.signalbox.wire.Wire;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Calls a connector's route as the target's own route does, for a test action and for {@code cases.yaml}. */
@Configuration(proxyBeanMethods = false)
class TrialConfig {

    @Bean
    Trial trial(
            ConfiguredTargets targets,
            ResolveIdentity identities,
            AffectedAccount accounts,
            ObjectProvider<CamelContext> camel) {
        return action -> attempt(camel.getObject(), targets, identities, accounts, action);
    }

    private static Outcome attempt(
            CamelContext camel,
            ConfiguredTargets targets,
            ResolveIdentity identities,
            AffectedAccount accounts,
            Action action) {
        String target = String.valueOf(action.target());
        ResolveIdentity.Resolution whom = identities.at(action, target, 0);
        Outcome instead = accounts.outcome(action, target, whom);
        if (instead != null) {
            return instead;
        }
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            Exchange ended = template.send("direct:act." + targets.kind(target), exchange -> {
                exchange.getMessage().setBody(Wire.write(action));
                exchange.setProperty("action", action);
                exchange.setProperty("target", target);
                exchange.setProperty("url", targets.url(target));
                exchange.setProperty("options", targets.options(target));
                exchange.setProperty("resolved", identities.identity(whom));
            });
            // Routes of one's own, from before there was this one, may lack it.
            if (ended.getException() == null && camel.getRoute("act-verify") != null) {
                ended = template.send("direct:act.verify", ended);
            }
            if (ended.getException() != null) {
                return AttemptFailure.outcome(ended.getException());
            }
            return ended.getMessage().getBody() instanceof Outcome outcome
                    ? outcome
                    : new Outcome.Refused("The connector ended without an outcome");
        } catch (java.io.IOException e) {
            return AttemptFailure.outcome(e);
        }
    }
}
