package io.signalbox.event;

/** Placeholder, replaced by the family's records. */
public non-sealed interface CaepEvent extends EventPayload {}
