package io.signalbox.act.resolve;

/** What a step, or a whole chain, says to the question whom an identifier is. */
sealed interface Answer {

    /** For people; names nobody. */
    String words();

    /** One, and this is what the target knows them by. */
    record One(String identity) implements Answer {
        @Override
        public String words() {
            return "one";
        }

        /** Whom somebody is belongs in no log. */
        @Override
        public String toString() {
            return "One[...]";
        }
    }

    /** The target is to find out by itself, from the subject as it came. */
    record PassOn() implements Answer {
        @Override
        public String words() {
            return "handed on as it came";
        }
    }

    /** Nobody, or this step does not know such identifiers. */
    record Nobody(String words) implements Answer {}

    /** More than one: to take any of them could hit the wrong person. */
    record Several(String words) implements Answer {}

    /** No answer that settles it; another time there may be. */
    record Silent(String words) implements Answer {}
}
