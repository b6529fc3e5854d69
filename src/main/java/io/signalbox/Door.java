package io.signalbox;

import org.jspecify.annotations.Nullable;

/**
 * Whether SETs are taken now. For whoever fetches them: what could not be kept had better stay where it is. Whoever sends
 * is told by the answer. Another SET may still find the door shut that was open a moment ago.
 */
public interface Door {

    /** Why no SETs are taken, for an operator; absent if they are. */
    @Nullable
    String shut();
}
