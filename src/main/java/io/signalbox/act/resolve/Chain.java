package io.signalbox.act.resolve;

import io.signalbox.action.Identities.Look;
import io.signalbox.set.SubjectIdentifier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The steps of one target. The first that finds one decides. One that finds several, or does not answer, ends it too: what
 * a later step would find might be somebody else.
 */
final class Chain {

    private final List<Question> questions;

    Chain(List<Question> questions) {
        this.questions = List.copyOf(questions);
    }

    List<TableQuestion> tables() {
        return questions.stream()
                .filter(TableQuestion.class::isInstance)
                .map(TableQuestion.class::cast)
                .toList();
    }

    /**
     * Asks.
     *
     * @param principal a simple subject, or aliases: then all that are known must be the same one (U-25)
     * @param looks is told each step
     */
    Answer answer(SubjectIdentifier principal, List<Look> looks) {
        Set<Answer> found = new LinkedHashSet<>();
        Answer nobody = new Answer.Nobody("the subject names nobody");
        for (SubjectIdentifier one : principal.identifiers()) {
            Answer answer = ofOne(one, looks);
            if (answer instanceof Answer.Silent || answer instanceof Answer.Several) {
                return answer;
            }
            if (answer instanceof Answer.Nobody) {
                nobody = answer;
            } else {
                found.add(answer);
            }
        }
        if (found.size() > 1) {
            return new Answer.Several("its aliases are " + found.size() + " different ones");
        }
        return found.isEmpty() ? nobody : found.iterator().next();
    }

    private Answer ofOne(SubjectIdentifier one, List<Look> looks) {
        List<String> said = new ArrayList<>();
        for (Question question : questions) {
            Question.Asked asked = question.ask(one);
            Answer answer = asked.answer();
            looks.add(new Look(
                    question.name(),
                    asked.words(),
                    answer instanceof Answer.One match ? match.identity() : answer.words()));
            String words = question.name() + ": " + answer.words();
            if (answer instanceof Answer.Silent) {
                return new Answer.Silent(words);
            }
            if (answer instanceof Answer.Several) {
                return new Answer.Several(words);
            }
            if (!(answer instanceof Answer.Nobody)) {
                return answer;
            }
            said.add(words);
        }
        return new Answer.Nobody(String.join("; ", said));
    }
}
