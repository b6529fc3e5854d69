package io.signalbox.act.resolve;

import io.signalbox.set.SubjectIdentifier;

/** One step of a chain. */
interface Question {

    /** What it is called in the configuration. */
    String name();

    /**
     * Asks; never throws for anything that the other side does.
     *
     * @param one a simple identifier, no alias and not complex
     */
    Asked ask(SubjectIdentifier one);

    /**
     * A question and what came of it.
     *
     * @param words the question, for whoever wants to understand the chain; may name people
     */
    record Asked(String words, Answer answer) {}
}
