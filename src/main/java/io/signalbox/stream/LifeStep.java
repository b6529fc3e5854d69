package io.signalbox.stream;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One step in the life of a stream, as it can be chosen. */
public enum LifeStep {
    DISCOVER("R-02, R-03, R-04"),
    LOGIN("RFC 6749, section 4.4"),
    CREATE("R-40, R-41"),
    READ("SSF 8.1.1.2"),
    LIST("R-44"),
    PATCH("R-46, T-33"),
    PUT("R-46, T-34"),
    STATUS("T-40"),
    PAUSE("T-41, T-42"),
    DISABLE("T-41, T-42"),
    ENABLE("T-41, T-42"),
    ADD_SUBJECT("R-48, T-61"),
    REMOVE_SUBJECT("R-48, T-62"),
    VERIFY("R-50, R-51, R-52"),
    RECEIVE("R-14, R-15, R-23"),
    DELETE("SSF 8.1.1.5");

    /** What the interoperability profile asks of every receiver (I-24). */
    public static final List<LifeStep> USUAL = List.of(CREATE, READ, STATUS, VERIFY, DELETE);

    private final String rules;

    LifeStep(String rules) {
        this.rules = rules;
    }

    /** Which rules it is judged by. */
    public String rules() {
        return rules;
    }

    /** As it is written on a command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The step with this word, of those that can be chosen. */
    public static Optional<LifeStep> of(String word) {
        return Arrays.stream(values())
                .filter(step -> step != DISCOVER && step != LOGIN && step.word().equals(word))
                .findFirst();
    }
}
