package io.signalbox.architecture.mutants.ingest;

/** Breaks wall 4: a cycle with the connector that holds it; and wall 5: time, console, injection. */
public class Receiver {
    @org.springframework.beans.factory.annotation.Autowired
    io.signalbox.architecture.mutants.act.Connector connector = new io.signalbox.architecture.mutants.act.Connector();

    void now() {
        System.out.println(java.time.Instant.now());
    }
}
