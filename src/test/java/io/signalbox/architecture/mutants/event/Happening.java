package io.signalbox.architecture.mutants.event;

/** Target of other mutants; breaks wall 5: an optional field. */
public class Happening {
    public java.util.Optional<String> maybe = java.util.Optional.empty();
}
