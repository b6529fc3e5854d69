package io.signalbox.stream;

/**
 * Something a transmitter did that a text does not have so.
 *
 * @param level how bad it is
 * @param rule the rule that was not kept
 * @param what in one sentence; holds no secret and no subject
 */
public record Finding(Level level, String rule, String what) {

    /** How bad it is. */
    public enum Level {
        /** Worth knowing, and allowed. */
        NOTE,
        /** Against what the text recommends, or against the interoperability profile. */
        REMARK,
        /** Against what the text demands. */
        FAULT
    }

    static Finding note(String rule, String what) {
        return new Finding(Level.NOTE, rule, what);
    }

    static Finding remark(String rule, String what) {
        return new Finding(Level.REMARK, rule, what);
    }

    static Finding fault(String rule, String what) {
        return new Finding(Level.FAULT, rule, what);
    }
}
