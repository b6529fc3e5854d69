package io.signalbox.action;

/**
 * One action that a rule has asked for, to be said more of: for how long, why, where. Each word may be said once, in any
 * order, and takes one text in quotes.
 */
public interface Asked {

    /**
     * For how long it holds; it is taken back by itself after that. Left out, it holds until somebody takes it back.
     *
     * @param time a number and a unit from seconds to weeks, such as {@code "4 hours"}
     */
    Asked lasting(String time);

    /**
     * Why, in one sentence that is kept with the action and shown to whoever asks later.
     *
     * @param sentence members of the event stand in it in braces: {@code "The risk is {currentLevel}, by {event.issuer}"};
     *     {@code {posture.risk}} is how the subject stood before
     */
    Asked because(String sentence);

    /**
     * At this target alone, instead of at each that does actions of this kind.
     *
     * @param target its name in the configuration
     */
    Asked at(String target);
}
