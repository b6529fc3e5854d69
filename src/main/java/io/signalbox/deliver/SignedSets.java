package io.signalbox.deliver;

import io.signalbox.store.OutboundStream;
import io.signalbox.store.QueuedSet;
import io.signalbox.transmit.Client;
import io.signalbox.transmit.Transmitter;

/** SETs as they go out: signed the first time, and the same octets each time after that (T-106). */
final class SignedSets {

    private final TenantKeys keys;
    private final Transmitter transmitter;

    SignedSets(TenantKeys keys, Transmitter transmitter) {
        this.keys = keys;
        this.transmitter = transmitter;
    }

    /** Whether the stream's client is still configured: to a former one nothing goes out. */
    boolean isForSomebody(OutboundStream stream) {
        return transmitter.client(stream.client()).isPresent();
    }

    /** Signed anew only if the key of the first time is published no more, so that nobody could verify it. */
    String compact(QueuedSet set, OutboundStream stream) {
        Client client = transmitter.client(stream.client()).orElseThrow();
        SigningKeys ofTenant = keys.of(client.tenant().name()).orElseThrow();
        String before = set.compact();
        return before != null && ofTenant.isPublished(before)
                ? before
                : ofTenant.signed(set.set().claims(), client.algorithm());
    }
}
