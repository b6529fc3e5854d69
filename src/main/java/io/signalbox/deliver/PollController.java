package io.signalbox.deliver;

import io.signalbox.deliver.DeliveryMeters.Outcome;
import io.signalbox.store.OutboundStream;
import io.signalbox.store.Outbox;
import io.signalbox.store.Outbox.Receipt;
import io.signalbox.transmit.BadCall;
import io.signalbox.transmit.Client;
import io.signalbox.transmit.Json;
import io.signalbox.transmit.OnlyAsTransmitter;
import io.signalbox.transmit.OwnStreams;
import io.signalbox.transmit.Transmitter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Receivers fetch their SETs and say what they made of those they have.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8936#section-2">RFC 8936, section 2</a>
 */
@RestController
@OnlyAsTransmitter
class PollController {

    private static final int MOST_RECEIPTS = 2_000;
    private static final int LONGEST_JTI = 200;
    private static final int LONGEST_CAUSE = 300;

    private final OwnStreams own;
    private final Outbox outbox;
    private final PollWaiters waiters;
    private final DeliverProperties.Poll limits;
    private final DeliveryMeters meters;
    private final Clock clock;

    PollController(
            OwnStreams own,
            Outbox outbox,
            PollWaiters waiters,
            DeliverProperties properties,
            DeliveryMeters meters,
            Clock clock) {
        this.meters = meters;
        this.own = own;
        this.outbox = outbox;
        this.waiters = waiters;
        this.limits = properties.poll();
        this.clock = clock;
    }

    @PostMapping(Transmitter.POLL + "{streamId}")
    DeferredResult<ResponseEntity<String>> poll(
            @RequestAttribute(Transmitter.CLIENT) Client client,
            @PathVariable String streamId,
            HttpServletRequest request)
            throws IOException {
        Map<String, Object> body = Json.object(request);
        int asked = maxEvents(body.get("maxEvents"));
        boolean atOnce = flag(body.get("returnImmediately"));
        List<Receipt> receipts = receipts(body);
        OutboundStream stream = own.owned(client, streamId);
        // T-110: what is said of the last ones counts before the next ones are chosen.
        int refused = (int)
                receipts.stream().filter(receipt -> receipt.code() != null).count();
        outbox.settle(streamId, receipts, clock.instant());
        meters.count(stream, Outcome.REFUSED, refused);
        meters.count(stream, Outcome.DELIVERED, receipts.size() - refused);
        int most = Math.min(asked, limits.most());
        // T-113.
        PollWaiters.Handed handed = most == 0 ? PollWaiters.Handed.NOTHING : waiters.hand(stream, most);
        if (most == 0 || atOnce || !handed.sets().isEmpty()) {
            DeferredResult<ResponseEntity<String>> answer = new DeferredResult<>();
            boolean ignored = answer.setResult(handed.answer());
            return answer;
        }
        return waiters.await(stream, most, limits.patience());
    }

    /** T-116. */
    private static int maxEvents(@Nullable Object value) {
        if (value == null) {
            return Integer.MAX_VALUE;
        }
        if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 0) {
            throw BadCall.invalid("maxEvents must be an integer of at least 0");
        }
        return (int) Math.min(((Number) value).longValue(), Integer.MAX_VALUE);
    }

    private static boolean flag(@Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (!(value instanceof Boolean flag)) {
            throw BadCall.invalid("returnImmediately must be true or false");
        }
        return flag;
    }

    /** T-111. A jti in both is refused: what was said of it as an error is the safer of the two. */
    private static List<Receipt> receipts(Map<String, Object> body) {
        List<Receipt> receipts = new ArrayList<>();
        Object errors = body.get("setErrs");
        if (errors != null) {
            if (!(errors instanceof Map<?, ?> map) || map.size() > MOST_RECEIPTS) {
                throw BadCall.invalid("setErrs must be an object of at most " + MOST_RECEIPTS + " members");
            }
            map.forEach((jti, error) -> {
                if (!(error instanceof Map<?, ?> told) || !(told.get("err") instanceof String code)) {
                    throw BadCall.invalid("setErrs must hold an object with err for each jti");
                }
                receipts.add(new Receipt(
                        String.valueOf(jti),
                        null,
                        shortened(code),
                        told.get("description") instanceof String text ? shortened(text) : "No reason was given"));
            });
        }
        List<String> acknowledged = Json.texts(body, "ack", MOST_RECEIPTS, LONGEST_JTI);
        if (acknowledged != null) {
            acknowledged.forEach(jti -> receipts.add(new Receipt(jti, null, null, null)));
        }
        return receipts;
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", " ");
        return printable.length() <= LONGEST_CAUSE ? printable : printable.substring(0, LONGEST_CAUSE);
    }
}
