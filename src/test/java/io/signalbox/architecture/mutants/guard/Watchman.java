package io.signalbox.architecture.mutants.guard;

/** Breaks wall 2: the guard reaches for what carries out, and for what lies behind the ledger's door; wall 6: seen and no step. */
public class Watchman {
    io.signalbox.architecture.mutants.act.Connector connector = new io.signalbox.architecture.mutants.act.Connector();
    io.signalbox.architecture.mutants.queue.Broker broker = new io.signalbox.architecture.mutants.queue.Broker();
}
