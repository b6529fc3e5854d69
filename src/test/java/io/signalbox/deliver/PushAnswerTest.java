package io.signalbox.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.deliver.PushAnswer.Delivered;
import io.signalbox.deliver.PushAnswer.Kind;
import io.signalbox.deliver.PushAnswer.NotYet;
import io.signalbox.deliver.PushAnswer.Refused;
import io.signalbox.http.GuardedHttp.Result;
import io.signalbox.testing.MovableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer of a receiver means (T-102, T-103). */
class PushAnswerTest {

    private final MovableClock clock = new MovableClock();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "200 | -                                    | delivered",
                "202 | -                                    | delivered",
                "204 | -                                    | delivered",
                "301 | -                                    | ADDRESS",
                "307 | -                                    | ADDRESS",
                "400 | -                                    | refused invalid_request",
                "400 | [1]                                  | refused invalid_request",
                "400 | null                                 | refused invalid_request",
                "400 | {'err':1}                            | refused invalid_request",
                "400 | {'err':'<script>'}                   | refused invalid_request",
                "400 | {'err':'invalid_request'}            | refused invalid_request",
                "400 | {'err':'invalid_issuer'}             | refused invalid_issuer",
                "400 | {'err':'invalid_audience'}           | refused invalid_audience",
                "400 | {'err':'invalid_state'}              | refused invalid_state",
                "400 | {'err':'https://x.example/custom'}   | refused https://x.example/custom",
                "400 | {'err':'invalid_key'}                | KEY",
                "400 | {'err':'authentication_failed'}      | IDENTITY",
                "400 | {'err':'access_denied'}              | IDENTITY",
                "401 | -                                    | IDENTITY",
                "403 | -                                    | IDENTITY",
                "404 | -                                    | ADDRESS",
                "405 | -                                    | refused http_405",
                "408 | -                                    | SILENT",
                "410 | -                                    | ADDRESS",
                "413 | -                                    | refused http_413",
                "415 | -                                    | refused http_415",
                "425 | -                                    | SILENT",
                "429 | -                                    | SILENT",
                "500 | -                                    | BUSY",
                "503 | -                                    | BUSY"
            })
    void eachAnswerHasOneMeaning(int status, String body, String meaning) {
        byte[] bytes = body == null ? new byte[0] : body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThat(said(PushAnswer.of(new Result.Answered(status, Map.of(), bytes), clock)))
                .isEqualTo(meaning);
    }

    @Test
    void noAnswerIsNotYet() {
        assertThat(said(PushAnswer.of(new Result.Unreachable("reset"), clock))).isEqualTo("SILENT");
        assertThat(said(PushAnswer.of(new Result.Forbidden("private"), clock))).isEqualTo("ADDRESS");
        assertThat(said(PushAnswer.of(new Result.TooLarge(1), clock))).isEqualTo("BUSY");
    }

    @Test
    void aReceiverSaysHowLongToWait() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                clock.instant().plusSeconds(90).atOffset(ZoneOffset.UTC));
        assertThat(wait("30")).isEqualTo(Duration.ofSeconds(30));
        assertThat(wait(date)).isBetween(Duration.ofSeconds(89), Duration.ofSeconds(90));
        assertThat(wait("soon")).isNull();
        assertThat(wait("-1")).isNull();
        assertThat(wait("99999999999999")).isNull();
    }

    private @Nullable Duration wait(String header) {
        return ((NotYet) PushAnswer.of(
                        new Result.Answered(503, Map.of("retry-after", List.of(header)), new byte[0]), clock))
                .retryAfter();
    }

    private static String said(PushAnswer answer) {
        if (answer instanceof Delivered) {
            return "delivered";
        }
        if (answer instanceof Refused refused) {
            return "refused " + refused.code();
        }
        Kind kind = ((NotYet) answer).kind();
        return kind.name();
    }
}
