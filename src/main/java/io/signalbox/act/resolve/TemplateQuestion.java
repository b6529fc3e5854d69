package io.signalbox.act.resolve;

import io.signalbox.set.SubjectIdentifier;
import java.util.function.UnaryOperator;

/** Makes the target's identifier of the subject's own. */
record TemplateQuestion(Placeholders template, String text) implements Question {

    @Override
    public String name() {
        return "template";
    }

    @Override
    public Asked ask(SubjectIdentifier one) {
        String identity = template.fill(one, UnaryOperator.identity());
        return new Asked(
                text,
                identity == null
                        ? new Answer.Nobody("the subject lacks what the template names")
                        : new Answer.One(identity));
    }
}
