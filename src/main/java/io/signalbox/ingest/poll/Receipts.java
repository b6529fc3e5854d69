package io.signalbox.ingest.poll;

import io.signalbox.set.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the transmitter has yet to hear about SETs that it gave us. Kept until a poll that told it was answered; a poll
 * that failed may have told it, and it is told once more, which does no harm.
 *
 * @param kept the jti of each SET that is durable here
 * @param refused jti to why
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2.4">RFC 8936, section 2.4</a>
 */
record Receipts(List<String> kept, Map<String, Verdict.Refused> refused) {

    static final Receipts NONE = new Receipts(List.of(), Map.of());

    Receipts {
        kept = List.copyOf(kept);
    }

    boolean isEmpty() {
        return kept.isEmpty() && refused.isEmpty();
    }

    /** Whether every one of these SETs is among those that it speaks of. */
    boolean cover(Iterable<String> jtis) {
        for (String jti : jtis) {
            if (!kept.contains(jti) && !refused.containsKey(jti)) {
                return false;
            }
        }
        return true;
    }

    /** Writes down receipts as SETs are worked on, in their order. */
    static final class Pad {
        private final List<String> kept = new ArrayList<>();
        private final Map<String, Verdict.Refused> refused = new LinkedHashMap<>();

        synchronized void kept(String jti) {
            kept.add(jti);
        }

        synchronized void refused(String jti, Verdict.Refused why) {
            refused.put(jti, why);
        }

        synchronized Receipts receipts() {
            return new Receipts(kept, refused);
        }
    }
}
