package io.signalbox.event;

/**
 * Whether a subject agrees to have events of RISC exchanged about it.
 *
 * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8">RISC 1.0, section 2.8</a>
 */
public enum SharingState implements WireWord {
    /** It agrees. */
    OPT_IN("opt-in"),
    /** It asked that no more are exchanged; until that takes effect they still are. */
    OPT_OUT_INITIATED("opt-out-initiated"),
    /** No more are to be exchanged. */
    OPT_OUT("opt-out");

    static final String ASPECT = "sharing";

    private final String word;

    SharingState(String word) {
        this.word = word;
    }

    /** As kept with the posture. */
    @Override
    public String word() {
        return word;
    }

    Aspect aspect() {
        return new Aspect(ASPECT, word);
    }
}
