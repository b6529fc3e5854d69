package io.signalbox.architecture.mutants.act;

/** Breaks wall 2: a connector that holds a receiver; wall 3: it opens tokens, runs rules, speaks Camel, SQL and HTTP itself. */
public class Connector {
    io.signalbox.architecture.mutants.ingest.Receiver receiver =
            new io.signalbox.architecture.mutants.ingest.Receiver();
    io.signalbox.architecture.mutants.queue.Broker broker = new io.signalbox.architecture.mutants.queue.Broker();

    Object opens() throws java.text.ParseException {
        return com.nimbusds.jwt.SignedJWT.parse("");
    }

    Object rules() {
        return org.kie.api.KieServices.get();
    }

    Object camel() {
        return new org.apache.camel.impl.DefaultCamelContext();
    }

    Object sql() throws java.sql.SQLException {
        return java.sql.DriverManager.getConnection("");
    }

    Object http() {
        return java.net.http.HttpClient.newHttpClient();
    }
}
