package io.signalbox.transmit;

import io.signalbox.store.LedgerUnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** The one place where errors of the management API become answers (T-14). */
@RestControllerAdvice(basePackages = {"io.signalbox.transmit", "io.signalbox.deliver"})
class CallErrors {

    private static final Logger LOG = LoggerFactory.getLogger(CallErrors.class);

    /** In seconds: about as long as a database takes to come back from a failover. */
    private static final String RETRY_AFTER = "5";

    @ExceptionHandler
    ResponseEntity<String> bad(BadCall e) {
        ResponseEntity<String> answer = Json.answer(e.status(), body(e.error(), String.valueOf(e.getMessage())));
        Long retryAfter = e.retryAfter();
        return retryAfter == null
                ? answer
                : ResponseEntity.status(answer.getStatusCode())
                        .headers(answer.getHeaders())
                        .header(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter))
                        .body(answer.getBody());
    }

    @ExceptionHandler
    ResponseEntity<String> ledgerGone(LedgerUnavailableException e) {
        LOG.warn("A receiver's call was answered 503: {}", e.getMessage());
        ResponseEntity<String> answer =
                Json.answer(HttpStatus.SERVICE_UNAVAILABLE, body("temporarily_unavailable", "This cannot be done now"));
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER)
                .body(answer.getBody());
    }

    static Map<String, Object> body(String error, String description) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", error);
        body.put("error_description", description);
        return body;
    }
}
