package io.signalbox.verify;

import java.time.Duration;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells transmitters which keys they may encrypt to. */
@RestController
class PublishedEncryptionKeys {

    private static final MediaType KEY_SET = MediaType.parseMediaType("application/jwk-set+json");

    private final EncryptionKeys keys;

    PublishedEncryptionKeys(EncryptionKeys keys) {
        this.keys = keys;
    }

    @GetMapping(EncryptionKeys.PATH)
    ResponseEntity<Map<String, Object>> keys() {
        return ResponseEntity.ok()
                .contentType(KEY_SET)
                .cacheControl(CacheControl.maxAge(Duration.ofHours(1)).cachePublic())
                .body(keys.published());
    }
}
