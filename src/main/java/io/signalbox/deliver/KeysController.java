package io.signalbox.deliver;

import io.signalbox.transmit.OnlyAsTransmitter;
import io.signalbox.transmit.Transmitter;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells receivers by which keys our SETs are verified. */
@RestController
@OnlyAsTransmitter
class KeysController {

    /** Shorter than a new key is published before it signs. */
    private static final Duration CACHED = Duration.ofMinutes(10);

    private static final MediaType KEY_SET = MediaType.parseMediaType("application/jwk-set+json");

    private final TenantKeys keys;

    KeysController(TenantKeys keys) {
        this.keys = keys;
    }

    @GetMapping(Transmitter.JWKS)
    ResponseEntity<Map<String, Object>> keys() {
        return keys("");
    }

    @GetMapping(Transmitter.JWKS + "/{tenant}")
    ResponseEntity<Map<String, Object>> keys(@PathVariable String tenant) {
        return keys.of(tenant)
                .map(found -> ResponseEntity.ok()
                        .contentType(KEY_SET)
                        .cacheControl(CacheControl.maxAge(CACHED).cachePublic())
                        .body(found.published()))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }
}
