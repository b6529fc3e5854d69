package io.signalbox.transmit;

import io.signalbox.wire.Wire;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What receivers find us by.
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7">SSF 1.0, section 7</a>
 */
@RestController
@OnlyAsTransmitter
class MetadataController {

    private static final String PLACE = "/.well-known/ssf-configuration";

    private final Transmitter transmitter;

    MetadataController(Transmitter transmitter) {
        this.transmitter = transmitter;
    }

    @GetMapping(PLACE + "/**")
    ResponseEntity<String> metadata(HttpServletRequest request) {
        Tenant tenant = transmitter
                .tenantAt(request.getRequestURI().substring(PLACE.length()))
                .orElse(null);
        if (tenant == null) {
            return Json.empty(HttpStatus.NOT_FOUND);
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("spec_version", "1_0");
        metadata.put("issuer", tenant.issuer());
        metadata.put("jwks_uri", tenant.jwks());
        metadata.put("delivery_methods_supported", List.of("urn:ietf:rfc:8935", "urn:ietf:rfc:8936"));
        metadata.put("configuration_endpoint", tenant.place(Transmitter.STREAMS));
        metadata.put("status_endpoint", tenant.place(Transmitter.STATUS));
        metadata.put("add_subject_endpoint", tenant.place(Transmitter.ADD_SUBJECT));
        metadata.put("remove_subject_endpoint", tenant.place(Transmitter.REMOVE_SUBJECT));
        metadata.put("verification_endpoint", tenant.place(Transmitter.VERIFY));
        metadata.put("authorization_schemes", List.of(Map.of("spec_urn", "urn:ietf:rfc:6749")));
        Set<Boolean> all = transmitter.clients().stream()
                .filter(client -> client.tenant().equals(tenant))
                .map(Client::allByDefault)
                .collect(Collectors.toSet());
        // Where it depends on who asks, nothing is said: absent means unspecified (T-03).
        if (all.size() == 1) {
            metadata.put("default_subjects", all.contains(true) ? "ALL" : "NONE");
        }
        return cacheable(metadata);
    }

    /** T-04. */
    static ResponseEntity<String> cacheable(Map<String, Object> document) {
        document.values().removeIf(value -> value instanceof List<?> list && list.isEmpty());
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(10)).cachePublic())
                .body(Wire.write(document));
    }
}
