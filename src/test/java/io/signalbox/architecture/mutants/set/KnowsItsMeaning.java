package io.signalbox.architecture.mutants.set;

/** Breaks wall 1: the token reaches for an event, and for a JSON library. */
class KnowsItsMeaning {
    io.signalbox.architecture.mutants.event.Happening event = new io.signalbox.architecture.mutants.event.Happening();
    com.fasterxml.jackson.databind.ObjectMapper mapper = new com.fasterxml.jackson.databind.ObjectMapper();
}
