package io.signalbox.action;

/**
 * What can be done here at all: a fact that a rule may ask before it relies on a kind of action,
 * {@code Capabilities( has("account.lock") )}.
 */
public final class Capabilities {

    private final Targets targets;

    public Capabilities(Targets targets) {
        this.targets = targets;
    }

    /**
     * Whether some configured target does it.
     *
     * @param kind a dotted noun such as {@code account.disable}
     */
    public boolean has(String kind) {
        return !targets.doing(kind).isEmpty();
    }
}
