package io.signalbox.store;

import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyVersion;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The book of policies: every version that passed its checks, and which of them decided when, for all nodes together.
 * Nothing in it is changed or forgotten, and each entry is one of the chain of hashes. A method that throws
 * {@link LedgerUnavailableException} has written nothing, and may be called again.
 */
public interface PolicyBook {

    /**
     * Keeps a version.
     *
     * @param files path to text
     * @return false if one of this id is kept already; nothing is changed then
     */
    boolean keep(PolicyVersion version, Map<String, String> files);

    Optional<PolicyVersion> version(String versionId);

    /** Path to text; empty if no version of this id is kept. */
    Optional<Map<String, String>> files(String versionId);

    /**
     * The one published last first.
     *
     * @param limit rows on a page, 1 to 500
     * @throws CursorException if {@code after} did not end a page of this list
     */
    Page<PolicyVersion> versions(@Nullable String after, int limit);

    /**
     * Makes a version active, unless another activation took this number: of several that were asked for at once, on
     * whatever nodes, one is recorded.
     *
     * @param activation its number is one more than that of the last its caller knew
     * @return false if the number is taken; nothing is changed then
     */
    boolean activate(PolicyActivation activation);

    /** The last activation: what is in force. Empty before the first start. */
    Optional<PolicyActivation> active();

    Optional<PolicyActivation> activation(long number);

    /**
     * The last first.
     *
     * @param limit rows on a page, 1 to 500
     * @throws CursorException if {@code after} did not end a page of this list
     */
    Page<PolicyActivation> activations(@Nullable String after, int limit);
}
