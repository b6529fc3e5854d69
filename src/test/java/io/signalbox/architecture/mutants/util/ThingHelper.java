package io.signalbox.architecture.mutants.util;

/** Breaks wall 4: a name that says nothing. */
class ThingHelper {}
