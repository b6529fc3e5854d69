package io.signalbox.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.http.LoopbackHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.Verdict;
import io.signalbox.set.VerifiedSet;
import io.signalbox.testing.FakeTransmitter;
import io.signalbox.testing.Quiet;
import io.signalbox.testing.Sets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R-07, S-05: what each dialect is forgiven, and what none is. */
class DialectTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DISABLED = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";

    private static FakeTransmitter transmitter;
    private static LoopbackHttp http;
    private static Quiet quiet;
    private static final Map<Dialect, Bench> BENCHES = new HashMap<>();

    @BeforeAll
    static void start() {
        quiet = new Quiet(VerifySet.class);
        transmitter = FakeTransmitter.start();
        http = new LoopbackHttp();
        for (Dialect dialect : Dialect.values()) {
            TrustProperties.Entry entry = Bench.entry(
                    transmitter,
                    Map.of("dialect", dialect.name().toLowerCase(Locale.ROOT).replace('_', '-')));
            BENCHES.put(dialect, Bench.trusting(http, new CryptoProvider(), Bench.START, entry));
        }
    }

    @AfterAll
    static void stop() {
        BENCHES.values().forEach(Bench::close);
        transmitter.close();
        http.close();
        quiet.close();
    }

    /** Header members and claims that are put into a SET that is good, {@code ~} to take one out. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            as it should be         | {}                        | {}                             | ok  | ok  | ok  | ok
            typ missing             | {"typ":"~"}               | {}                             | no  | ok  | ok  | ok
            typ JWT                 | {"typ":"JWT"}             | {}                             | no  | ok  | ok  | ok
            typ of an access token  | {"typ":"at+jwt"}          | {}                             | no  | no  | no  | no
            typ of a logout token   | {"typ":"logout+jwt"}      | {}                             | no  | no  | no  | no
            typ null                | {"typ":null}              | {}                             | no  | no  | no  | no
            aud a text              | {}                        | {"aud":"${aud}"}               | ok  | ok  | ok  | ok
            aud an array            | {}                        | {"aud":["x","${aud}"]}         | ok  | ok  | ok  | ok
            aud missing             | {}                        | {"aud":"~"}                    | no  | no  | no  | no
            another's aud           | {}                        | {"aud":"x"}                    | no  | no  | no  | no
            sub, nobody else named  | {}                        | {"sub":"7","sub_id":"~"}       | no  | no  | no  | ok
            sub beside sub_id       | {}                        | {"sub":"7"}                    | no  | no  | no  | no
            sub a number            | {}                        | {"sub":7,"sub_id":"~"}         | no  | no  | no  | no
            exp present             | {}                        | {"exp":9999999999}             | no  | no  | no  | no
            iat missing             | {}                        | {"iat":"~"}                    | no  | no  | no  | no
            jti missing             | {}                        | {"jti":"~"}                    | no  | no  | no  | no
            events missing          | {"typ":"~"}               | {"events":"~"}                 | no  | no  | no  | no
            events a JSON text      | {}                        | {"events":"{\\"type\\":\\"consent-revoked\\",\\"sub\\":\\"7\\"}","sub_id":"~"} | no | no | no | ok
            events a text of URIs   | {}                        | {"events":"{\\"https://a.example/e\\":{}}"} | no | no | no | ok
            events no JSON          | {}                        | {"events":"consent-revoked"}   | no  | no  | no  | no
            events twice the type   | {}                        | {"events":"{\\"type\\":\\"a\\",\\"type\\":\\"b\\"}"} | no | no | no | no
            events an odd type      | {}                        | {"events":"{\\"type\\":\\"../a\\"}"} | no | no | no | no
            two accounts            | {}                        | {"events":"{\\"type\\":\\"a\\",\\"sub\\":\\"7\\"}","sub":"8","sub_id":"~"} | no | no | no | no
            """)
    void forgivesWhatItIsKnownForAndNothingElse(
            String what, String header, String claims, String fin, String sse, String google, String apple) {
        Sets set = transmitter.set(Bench.START);
        for (Map.Entry<String, Object> member : json(header).entrySet()) {
            set = "~".equals(member.getValue())
                    ? set.withoutHeader(member.getKey())
                    : set.header(member.getKey(), member.getValue());
        }
        for (Map.Entry<String, Object> claim : json(claims).entrySet()) {
            set = "~".equals(claim.getValue())
                    ? set.without(claim.getKey())
                    : set.with(claim.getKey(), claim.getValue());
        }
        Map<Dialect, String> expected =
                Map.of(Dialect.FINAL, fin, Dialect.SSE_ID1, sse, Dialect.GOOGLE_RISC, google, Dialect.APPLE, apple);
        Map<Dialect, String> found = new LinkedHashMap<>();
        for (Dialect dialect : expected.keySet()) {
            found.put(dialect, verify(dialect, set) instanceof Verdict.Accepted ? "ok" : "no");
        }
        assertThat(found).as(what).isEqualTo(expected);
    }

    /** subjects.md, section 5. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"subject_type":"iss-sub","iss":"https://i.example","sub":"7"}            | {"format":"iss_sub","iss":"https://i.example","sub":"7"}
            {"subject_type":"iss_sub","iss":"https://i.example","sub":"7"}            | {"format":"iss_sub","iss":"https://i.example","sub":"7"}
            {"subject_type":"id_token_claims","iss":"https://i.example","sub":"7","email":"a@acme.example"} | {"format":"iss_sub","iss":"https://i.example","sub":"7"}
            {"subject_type":"email","email":"a@acme.example"}                         | {"format":"email","email":"a@acme.example"}
            {"subject_type":"phone","phone":"+4930"}                                  | {"format":"phone_number","phone_number":"+4930"}
            {"subject_type":"oauth_token","token_type":"refresh_token","token_identifier_alg":"prefix","token":"x"}   | {"format":"oauth_token","token_type":"refresh_token","token_identifier_alg":"prefix","token":"x"}
            {"format":"email","email":"a@acme.example"}                               | {"format":"email","email":"a@acme.example"}
            {"user":{"subject_type":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}} | {"format":"complex","user":{"format":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}}
            """)
    void readsOlderSubjectsInTheEventAsTheOnesOfToday(String older, String today) {
        Sets set = transmitter
                .set(Bench.START)
                .without("sub_id")
                .with("events", Map.of(DISABLED, Map.of("subject", json(older), "reason", "hijacking")));
        for (Dialect dialect : List.of(Dialect.SSE_ID1, Dialect.GOOGLE_RISC)) {
            VerifiedSet verified = accepted(dialect, set);

            assertThat(verified.subject())
                    .isEqualTo(SubjectIdentifier.of(json(today)).orElseThrow());
            assertThat(verified.events().get(DISABLED)).containsEntry("subject", json(older));
        }
    }

    @Test
    void readsWhatAppleSaysOfAnAccount() {
        Sets set = transmitter
                .set(Bench.START)
                .withoutHeader("typ")
                .without("sub_id")
                .without("txn")
                .with("events", "{\"type\":\"account-delete\",\"sub\":\"001.abc\",\"event_time\":1508184845123}");

        VerifiedSet verified = accepted(Dialect.APPLE, set);

        assertThat(verified.subject())
                .isEqualTo(new SubjectIdentifier("iss_sub", Map.of("iss", transmitter.issuer(), "sub", "001.abc")));
        assertThat(verified.events()).containsOnlyKeys(transmitter.issuer() + "/event-type/account-delete");
        assertThat(verified.toe()).isEqualTo(Instant.ofEpochSecond(1508184845));
        assertThat(verified.compact()).isEqualTo(set.compact());
    }

    private static Verdict verify(Dialect dialect, Sets set) {
        return Objects.requireNonNull(BENCHES.get(dialect)).verify(set);
    }

    private static VerifiedSet accepted(Dialect dialect, Sets set) {
        Verdict verdict = verify(dialect, set);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).set();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String text) {
        try {
            return JSON.readValue(text.replace("${aud}", Sets.AUDIENCE), LinkedHashMap.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
