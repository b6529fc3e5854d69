package io.signalbox.ingest.webhook;

import io.signalbox.Step;
import io.signalbox.set.SetError;
import io.signalbox.set.Verdict;
import io.signalbox.wire.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the vendor what became of its webhook: 204 with nothing once every event in it is kept, or a problem that names
 * the events which were not taken; those beside them are kept all the same.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457#section-3">RFC 9457, section 3</a>
 */
@Step("webhookAnswer")
public final class WebhookAnswer {

    /** What Camel reads the status line from. */
    private static final String RESPONSE_CODE = "CamelHttpResponseCode";

    /** Whether the event may be kept. */
    public boolean accepted(@Nullable Object verdict) {
        return verdict instanceof Verdict.Accepted;
    }

    /** To be called only after every accepted event was kept. */
    public @Nullable String answer(Object hook, Map<String, Object> headers) {
        headers.clear();
        headers.put("Cache-Control", "no-store");
        if (hook instanceof Hook.Greeting greeting) {
            headers.put(RESPONSE_CODE, 200);
            headers.put("Content-Type", greeting.contentType());
            headers.put("X-Content-Type-Options", "nosniff");
            return greeting.body();
        }
        if (hook instanceof Hook.Refused refused) {
            return problem(refused.status(), Hook.problem(refused.status(), refused.detail()), headers);
        }
        return answer((Hook.Delivery) hook, headers);
    }

    private static @Nullable String answer(Hook.Delivery delivery, Map<String, Object> headers) {
        if (delivery.isEmpty()) {
            return problem(
                    400,
                    Hook.problem(
                            400,
                            "the body has no event where the mapping "
                                    + delivery.mapping().name() + " looks for them"),
                    headers);
        }
        List<Map<String, Object>> errors = new ArrayList<>();
        int status = 0;
        List<Verdict> verdicts = delivery.verdicts();
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i) instanceof Verdict.Refused refused) {
                Map<String, Object> error = new LinkedHashMap<>();
                error.put("event", i + 1);
                error.put("err", refused.error().code());
                error.put("description", refused.description());
                errors.add(error);
                int own = refused.error() == SetError.AUTHENTICATION_FAILED
                        ? 401
                        : refused.error() == SetError.ACCESS_DENIED ? 403 : 400;
                status = status == 0 || status == own ? own : 400;
            }
        }
        if (errors.isEmpty()) {
            headers.put(RESPONSE_CODE, 204);
            return null;
        }
        Map<String, Object> problem = new LinkedHashMap<>(Hook.problem(
                status, errors.size() + " of " + verdicts.size() + " events were not taken; the others are kept"));
        problem.put("errors", errors);
        return problem(status, problem, headers);
    }

    /** The route in the vendor's folder could not find something where it looked. */
    public @Nullable String unmapped(Map<String, Object> headers) {
        headers.clear();
        return problem(400, Hook.problem(400, "the body does not have the shape that its mapping expects"), headers);
    }

    /** There is no such door; a stranger is told no more than that. */
    public @Nullable String unknown(Map<String, Object> headers) {
        headers.clear();
        headers.put(RESPONSE_CODE, 404);
        return null;
    }

    private static String problem(int status, Map<String, Object> problem, Map<String, Object> headers) {
        headers.put(RESPONSE_CODE, status);
        headers.put("Content-Type", "application/problem+json");
        if (status == 405) {
            headers.put("Allow", "POST");
        }
        return Wire.write(problem);
    }
}
