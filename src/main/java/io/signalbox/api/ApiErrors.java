package io.signalbox.api;

import io.signalbox.store.CursorException;
import io.signalbox.store.LedgerUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** The one place where errors of the administration API become answers. None carries a stack trace. */
@RestControllerAdvice(basePackageClasses = ApiErrors.class)
class ApiErrors {

    private static final Logger LOG = LoggerFactory.getLogger(ApiErrors.class);

    /** In seconds: about as long as a database takes to come back from a failover. */
    private static final String RETRY_AFTER = "5";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> ledgerGone(LedgerUnavailableException e) {
        LOG.warn("An administration request was answered 503: {}", e.getMessage());
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER)
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.SERVICE_UNAVAILABLE, "The ledger does not answer now. The log says why."));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> oddCursor(CursorException e) {
        return answer(Problems.badParameter("after", "did not end a page of this list"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> other(Exception e) {
        if (e instanceof ErrorResponse answer) {
            return answer(answer);
        }
        LOG.error("An administration request failed", e);
        return ResponseEntity.internalServerError()
                .body(ProblemDetail.forStatusAndDetail(
                        HttpStatus.INTERNAL_SERVER_ERROR, "This is a fault of ours. The log says more."));
    }

    private static ResponseEntity<ProblemDetail> answer(ErrorResponse answer) {
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .body(answer.getBody());
    }
}
