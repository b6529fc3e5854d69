package io.signalbox.api;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** The answers that say no. */
final class Problems {

    private Problems() {}

    static ErrorResponseException badParameter(String name, String why) {
        ErrorResponseException problem = problem(HttpStatus.BAD_REQUEST, "The parameter \"" + name + "\" " + why);
        problem.getBody().setProperty("parameter", name);
        return problem;
    }

    static ErrorResponseException unknown(String what, String id) {
        return problem(HttpStatus.NOT_FOUND, "The ledger holds no " + what + " " + id);
    }

    static ErrorResponseException notConfigured(String what, String name) {
        return problem(HttpStatus.NOT_FOUND, "There is no " + what + " named " + name);
    }

    static ErrorResponseException nothingThere(String why) {
        return problem(HttpStatus.NOT_FOUND, why);
    }

    static ErrorResponseException forbidden(String why) {
        return problem(HttpStatus.FORBIDDEN, why);
    }

    static ErrorResponseException conflict(String why) {
        return problem(HttpStatus.CONFLICT, why);
    }

    static ErrorResponseException unprocessable(String why) {
        return problem(HttpStatus.UNPROCESSABLE_ENTITY, why);
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
