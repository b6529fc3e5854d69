package io.signalbox.guard;

import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Precautions.Recovery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a signal gives back: a risk that is low again what was taken for that risk, a device that complies again what was
 * taken for its not complying, an account that its provider enabled again what was taken when it was disabled there. That
 * a recovery has begun gives nothing back: it is how a hijacker begins, too.
 *
 * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2.9">RISC 1.0, section 2.9</a>
 */
final class Recoveries {

    /** Aspect, or what it begins with, to the value that stands for well. */
    private static final Map<String, String> WELL =
            Map.of("risk/", "LOW", "compliance", "compliant", "account", "enabled");

    private Recoveries() {}

    /** @param others issuers whose containments this signal's issuer may give back besides its own */
    static List<Recovery> in(Signal signal, Collection<String> others) {
        if (!signal.set().standing().counts()) {
            return List.of();
        }
        Set<String> issuers = new LinkedHashSet<>(others);
        issuers.add(signal.set().iss());
        List<Recovery> recoveries = new ArrayList<>();
        for (SecurityEvent event : signal.events()) {
            Posture.Known left = Posture.left(event);
            SubjectIdentifier subject = event.subject();
            if (left == null || subject == null || !isWell(left)) {
                continue;
            }
            Set<String> keys = new LinkedHashSet<>();
            keys.add(subject.key());
            subject.principal("device").ifPresent(device -> keys.add(device.key()));
            keys.forEach(key -> recoveries.add(new Recovery(key, left.aspect(), issuers, event.occurredAt())));
        }
        return List.copyOf(recoveries);
    }

    private static boolean isWell(Posture.Known left) {
        return WELL.entrySet().stream()
                .anyMatch(well ->
                        left.aspect().startsWith(well.getKey()) && left.value().equals(well.getValue()));
    }
}
