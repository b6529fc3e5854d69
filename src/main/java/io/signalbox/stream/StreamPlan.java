package io.signalbox.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be done so that a stream becomes as it is meant to be. */
public sealed interface StreamPlan {

    /** One sentence for people; holds no secret. */
    String told();

    /** Nothing. */
    record Keep(StreamConfiguration stream) implements StreamPlan {
        @Override
        public String told() {
            return "stream " + stream.streamId() + " is as wanted";
        }
    }

    /** There is none. */
    record Create(StreamRequest request) implements StreamPlan {
        @Override
        public String told() {
            return "make a stream";
        }
    }

    /**
     * There is one, and it differs.
     *
     * @param patch the members that differ and no other; absent if none of them does
     * @param enable whether it has to be set going again
     * @param differences in words
     */
    record Change(StreamConfiguration stream, @Nullable StreamRequest patch, boolean enable, List<String> differences)
            implements StreamPlan {
        @Override
        public String told() {
            return "change stream " + stream.streamId() + ": " + String.join("; ", differences);
        }
    }

    /** It cannot be known, or there is a choice that only the operator can make. */
    record Blocked(String why) implements StreamPlan {
        @Override
        public String told() {
            return why;
        }
    }
}
