package io.signalbox.deliver;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.SharingState;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Whether a subject has events about it exchanged. Once somebody said that it opted out, no events of RISC go out about it
 * until it opts in again; that it did is itself told (T-125).
 *
 * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.8">RISC 1.0, section 2.8</a>
 */
final class Consent {

    private static final String RISC = "risc/";
    private static final String ASPECT = "sharing";

    private Consent() {}

    static boolean isRefused(SecurityEvent event, Function<String, Map<String, List<Posture.Known>>> posture) {
        if (event.subject() == null || !event.payload().alias().startsWith(RISC)) {
            return false;
        }
        if (event.payload().states() != null
                && ASPECT.equals(event.payload().states().name())) {
            return false;
        }
        return posture.apply(event.subject().key()).values().stream()
                .flatMap(List::stream)
                .anyMatch(
                        known -> known.aspect().equals(ASPECT) && known.value().equals(SharingState.OPT_OUT.word()));
    }
}
