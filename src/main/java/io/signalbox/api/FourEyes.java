package io.signalbox.api;

import io.signalbox.action.Action;
import io.signalbox.action.GuardBoard;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.store.PolicyBook;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Who may agree to what a policy asks for: where four eyes are wanted, not who published it. */
@Component
final class FourEyes {

    private final GuardBoard board;
    private final PolicyBook policies;

    FourEyes(GuardBoard board, PolicyBook policies) {
        this.board = board;
        this.policies = policies;
    }

    boolean mayAgree(Action action, String who) {
        return author(action).filter(who::equals).isEmpty();
    }

    /** Who holds a link has no name, and could be anybody. */
    boolean mayAgreeByLink(Action action) {
        return author(action).isEmpty();
    }

    private Optional<String> author(Action action) {
        return board.fourEyes()
                ? policies.version(action.because().policyVersion())
                        .filter(PolicyVersion::isSigned)
                        .map(PolicyVersion::author)
                : Optional.empty();
    }
}
