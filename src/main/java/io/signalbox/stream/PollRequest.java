package io.signalbox.stream;

import io.signalbox.set.Verdict;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One poll: what is wanted, and what became of the SETs that came before.
 *
 * @param maxEvents how many SETs at most; 0 acknowledges only
 * @param returnImmediately false lets the transmitter wait until there is one
 * @param ack jti of those that are kept
 * @param setErrs jti to why it was refused
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2.2">RFC 8936, section 2.2</a>
 */
public record PollRequest(
        int maxEvents, boolean returnImmediately, Collection<String> ack, Map<String, Verdict.Refused> setErrs) {

    public PollRequest {
        ack = List.copyOf(ack);
        setErrs = Map.copyOf(setErrs);
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("maxEvents", maxEvents);
        json.put("returnImmediately", returnImmediately);
        if (!ack.isEmpty()) {
            json.put("ack", ack);
        }
        if (!setErrs.isEmpty()) {
            Map<String, Object> errors = new LinkedHashMap<>();
            setErrs.forEach((jti, refused) ->
                    errors.put(jti, Map.of("err", refused.error().code(), "description", refused.description())));
            json.put("setErrs", errors);
        }
        return json;
    }
}
