package io.signalbox.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.store.LedgerUnavailableException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

class LedgerGoneTest {

    @Test
    void asksToComeBackLaterAndTellsNothingOfTheDatabase() {
        ResponseEntity<ProblemDetail> answer = new ApiErrors()
                .ledgerGone(new LedgerUnavailableException("jdbc:postgresql://db.internal/x", new RuntimeException()));

        assertThat(answer.getStatusCode().value()).isEqualTo(503);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("5");
        assertThat(String.valueOf(answer.getBody())).doesNotContain("db.internal");
    }

    @Test
    void namesNoCauseOfAFaultOfOurs() {
        ResponseEntity<ProblemDetail> answer = new ApiErrors().other(new IllegalStateException("secret"));

        assertThat(answer.getStatusCode().value()).isEqualTo(500);
        assertThat(String.valueOf(answer.getBody())).doesNotContain("secret");
    }
}
