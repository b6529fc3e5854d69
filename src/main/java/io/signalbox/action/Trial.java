package io.signalbox.action;

/** Has a target's connector carry out one action here and now, without queue, retry, breaker and ledger. */
public interface Trial {

    /**
     * Makes one attempt.
     *
     * @param action whose target is configured
     * @return what came of it; whatever goes wrong is an outcome too
     */
    Outcome attempt(Action action);
}
