package io.signalbox.store;

import io.signalbox.action.Ruling;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the guard found before a decision is recorded, and what the ledger is to look at while it records: only there do
 * all nodes count the same, and only there does a restart forget nothing.
 *
 * @param rulings action id to what is said of it, whatever the ledger holds; one that is not named goes
 * @param budgets of which each action that goes takes its part
 * @param repeatAfter a containment that was seen in force within this time is not asked for again; zero: it is
 * @param echoing targets whose own issuer tells us what happens there, us included
 * @param echo what of ours the signal may be telling; absent if its issuer tells of no target
 * @param hops how often one event may come round within one {@code txn}
 * @param aspects action id to what its event says of the subject, such as {@code risk/USER}; without those that say
 *     nothing
 * @param recoveries what the signal gives back
 * @param approvalWait how long a held action waits for somebody to agree
 * @param notified targets that are told of what is held
 * @param links action id to the address at which somebody may agree without a token; absent if there is none
 * @param ears hears, after the commit, what was ruled
 */
public record Precautions(
        Map<String, Ruling> rulings,
        List<BudgetLimit> budgets,
        Duration repeatAfter,
        Set<String> echoing,
        @Nullable Echo echo,
        int hops,
        Map<String, String> aspects,
        List<Recovery> recoveries,
        Duration approvalWait,
        List<String> notified,
        @Nullable UnaryOperator<String> links,
        Ears ears) {

    /** Nothing but what the ledger does by itself: an issuer that is not obeyed is not, and the stop switch stops. */
    public static final Precautions NONE = new Precautions(
            Map.of(),
            List.of(),
            Duration.ZERO,
            Set.of(),
            null,
            Integer.MAX_VALUE,
            Map.of(),
            List.of(),
            Duration.ofHours(4),
            List.of(),
            null,
            rulings -> {});

    /**
     * How much may be done in which time.
     *
     * @param name as configured
     * @param kinds of action that are counted
     * @param targets that are counted; none stands for all
     * @param issuers whose signals are counted; none stands for all
     * @param rules that are counted; none stands for all
     * @param apart what is counted by itself for each of its values
     * @param most how many go within the window
     * @param window how long back is counted
     */
    public record BudgetLimit(
            String name,
            Set<String> kinds,
            Set<String> targets,
            Set<String> issuers,
            Set<String> rules,
            Set<Apart> apart,
            long most,
            Duration window) {}

    /** By what a budget can be counted apart. */
    public enum Apart {
        KIND,
        TARGET,
        ISSUER,
        RULE
    }

    /**
     * What of ours a signal may be telling.
     *
     * @param targets of which its issuer tells
     * @param kinds that have such an effect
     * @param subjects keys of everybody whom the signal names
     * @param window how long after the action the effect is told
     */
    public record Echo(Set<String> targets, Set<String> kinds, Set<String> subjects, Duration window) {}

    /**
     * A subject stands well again: what was taken from it for that reason is given back.
     *
     * @param subjectKey whose
     * @param aspect in which respect
     * @param issuers by whose word it was taken
     * @param occurredAt what was taken for something later stays
     */
    public record Recovery(String subjectKey, String aspect, Collection<String> issuers, Instant occurredAt) {}

    /** Hears what was ruled of the actions of one decision, once it is committed. */
    @FunctionalInterface
    public interface Ears {
        void heard(List<Ruled> rulings);
    }

    /**
     * @param kind of action
     * @param tripped the budget that this action was the first to find used up; absent otherwise
     */
    public record Ruled(
            String actionId,
            String kind,
            @Nullable String target,
            Ruling ruling,
            @Nullable String tripped) {}
}
