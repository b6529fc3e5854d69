package io.signalbox.architecture.mutants.queue;

/** Target of another mutant. */
public class Broker {}
