package io.signalbox.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.wire.Wire;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectIdentifierTest {

    private static final String ADA = "{\"format\": \"email\", \"email\": \"ada@acme.example\"}";

    /** Ledgers in the field hold these: a key that changed would tear a subject's history in two. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"format": "email", "email": "Ada@acme.example"}                               | sub-a43c6b237ea7c75597bbf96626112b7c
            {"format": "email", "email": "Ada@ACME.example"}                               | sub-a43c6b237ea7c75597bbf96626112b7c
            {"format": "iss_sub", "iss": "https://IdP.acme.example/", "sub": "U-1001"}     | sub-9dc5a0bb94a6d9b091166fe2acc37030
            {"format": "opaque", "id": "d-42"}                                             | sub-dc39ebd114510377c39c69b487715035
            {"format": "account", "uri": "acct:ada@acme.example"}                          | sub-9fb81c96ef8b8c77e614287d2c497b3c
            {"format": "phone_number", "phone_number": "+15550100"}                        | sub-88a1691df87756177e1f1b678eaa59fc
            {"format": "did", "url": "did:example:123#key"}                                | sub-382f58d463d482c61b5e8d7332761443
            {"format": "uri", "uri": "https://acme.example/Users/ada"}                     | sub-0e9249cae12273dcad6ea1ea4364cf9e
            {"format": "jwt_id", "iss": "https://idp.acme.example", "jti": "tok-9"}        | sub-1503679a70a82cbbadb49984e757ece2
            {"format": "aliases", "identifiers": [{"format": "opaque", "id": "z"}, {"format": "email", "email": "ada@acme.example"}]} | sub-4901bb9c699d60fbde71b4c46d9de559
            {"format": "scim", "uri": "/Users/u-1001", "externalId": "lena"}               | sub-ad1e74337dcea9d987d69bc40ebcf960
            {"format": "made-up", "name": "x"}                                             | sub-e573db37602869317b063fc263e746f0
            {"format": "complex", "user": {"format": "opaque", "id": "d-42"}, "session": {"format": "opaque", "id": "s"}} | sub-dc39ebd114510377c39c69b487715035
            {"user": {"format": "opaque", "id": "d-42"}, "tenant": {"format": "opaque", "id": "t"}} | sub-dc39ebd114510377c39c69b487715035
            {"format": "complex", "device": {"format": "opaque", "id": "d-42"}, "tenant": {"format": "opaque", "id": "t"}} | sub-dc39ebd114510377c39c69b487715035
            """)
    void keepsTheKeysThatLedgersHold(String subject, String key) {
        assertThat(of(subject).key()).isEqualTo(key);
    }

    /** subjects.md, section 2: spellings that mean the same. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"format": "email", "email": "ada@ACME.Example"}                       | {"format": "email", "email": "ada@acme.example"}
            {"format": "account", "uri": "ACCT:Ada@ACME.example"}                  | {"format": "account", "uri": "acct:Ada@acme.example"}
            {"format": "account", "uri": "acct:ada@bücher.example"}                | {"format": "account", "uri": "acct:ada@xn--bcher-kva.example"}
            {"format": "phone_number", "phone_number": "+1 (555) 01-00"}           | {"format": "phone_number", "phone_number": "+15550100"}
            {"format": "uri", "uri": "HTTPS://ACME.example/Users/Ada"}             | {"format": "uri", "uri": "https://acme.example/Users/Ada"}
            {"format": "iss_sub", "iss": "https://i", "sub": "1", "more": true}    | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"format": "ip-addresses", "ip-addresses": ["2001:db8::1", "192.0.2.1"]} | {"format": "ip-addresses", "ip-addresses": ["192.0.2.1", "2001:DB8:0:0:0:0:0:1", "192.0.2.1"]}
            {"format": "aliases", "identifiers": [{"format": "opaque", "id": "1"}, {"format": "email", "email": "a@B.c"}]} | {"format": "aliases", "identifiers": [{"format": "email", "email": "a@b.c"}, {"format": "opaque", "id": "1"}]}
            {"format": "complex", "user": {"format": "email", "email": "a@B.c"}, "note": "x"} | {"user": {"format": "email", "email": "a@b.c"}}
            {"subject_type": "iss-sub", "iss": "https://i", "sub": "1"}            | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"subject_type": "iss_sub", "iss": "https://i", "sub": "1"}            | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"subject_type": "id_token_claims", "iss": "https://i", "sub": "1", "email": "a@b.c"} | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"subject_type": "id-token-claims", "iss": "https://i", "sub": "1"}    | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"subject_type": "email", "email": "a@b.c"}                            | {"format": "email", "email": "a@b.c"}
            {"subject_type": "phone", "phone": "+15550100"}                        | {"format": "phone_number", "phone_number": "+15550100"}
            {"format": "phone", "phone_number": "+15550100"}                       | {"format": "phone_number", "phone_number": "+15550100"}
            {"subject_type": "jwt-id", "iss": "https://i", "jti": "1"}             | {"format": "jwt_id", "iss": "https://i", "jti": "1"}
            {"subject_type": "saml-assertion-id", "issuer": "i", "assertion_id": "1"} | {"format": "saml_assertion_id", "issuer": "i", "assertion_id": "1"}
            {"user": {"subject_type": "iss-sub", "iss": "https://i", "sub": "1"}}  | {"format": "complex", "user": {"format": "iss_sub", "iss": "https://i", "sub": "1"}}
            """)
    void takesSpellingsOfOneIdentifierForTheSame(String one, String other) {
        assertThat(of(one).sameAs(of(other))).isTrue();
        assertThat(of(one).fingerprint()).isEqualTo(of(other).fingerprint());
        assertThat(of(one).canonical().canonical()).isEqualTo(of(other).canonical());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"format": "email", "email": "Ada@acme.example"}             | {"format": "email", "email": "ada@acme.example"}
            {"format": "iss_sub", "iss": "https://i/", "sub": "1"}       | {"format": "iss_sub", "iss": "https://i", "sub": "1"}
            {"format": "account", "uri": "acct:Ada@acme.example"}        | {"format": "account", "uri": "acct:ada@acme.example"}
            {"format": "email", "email": "ada@acme.example"}             | {"format": "account", "uri": "acct:ada@acme.example"}
            {"format": "uri", "uri": "https://acme.example/A"}           | {"format": "uri", "uri": "https://acme.example/a"}
            {"format": "opaque", "id": "1"}                              | {"format": "did", "url": "1"}
            {"format": "made-up", "a": "1"}                              | {"format": "made-up", "a": "1", "b": "2"}
            """)
    void tellsApartWhatMayBeDifferent(String one, String other) {
        assertThat(of(one).sameAs(of(other))).isFalse();
        assertThat(of(one).fingerprint()).isNotEqualTo(of(other).fingerprint());
    }

    /** U-22 by the letter, U-23, and the stricter rule for whatever something is done to. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"tenant": {"format": "opaque", "id": "T"}}  | {"user": {"format": "opaque", "id": "U"}, "tenant": {"format": "opaque", "id": "T"}} | true  | true
            {"user": {"format": "opaque", "id": "U"}}    | {"user": {"format": "opaque", "id": "V"}}    | false | false
            {"user": {"format": "opaque", "id": "U"}, "tenant": {"format": "opaque", "id": "T"}} | {"user": {"format": "opaque", "id": "U"}, "tenant": {"format": "opaque", "id": "S"}} | false | false
            {"user": {"format": "opaque", "id": "U"}}    | {"tenant": {"format": "opaque", "id": "T"}}  | true  | false
            {"device": {"format": "opaque", "id": "D"}}  | {"group": {"format": "opaque", "id": "G"}}   | true  | false
            {"format": "opaque", "id": "U"}              | {"user": {"format": "opaque", "id": "U"}, "session": {"format": "opaque", "id": "S"}} | true | true
            {"format": "opaque", "id": "U"}              | {"user": {"format": "opaque", "id": "V"}}    | false | false
            {"format": "scim", "uri": "/Users/1"}        | {"user": {"format": "scim", "uri": "/Users/1"}} | true | true
            {"format": "scim", "uri": "/Groups/1"}       | {"group": {"format": "scim", "uri": "/Groups/1"}} | false | false
            {"format": "jwt_id", "iss": "i", "jti": "1"} | {"tenant": {"format": "opaque", "id": "T"}}  | false | false
            {"format": "email", "email": "a@B.c"}        | {"format": "email", "email": "a@b.c"}        | true  | true
            {"format": "email", "email": "a@b.c"}        | {"format": "opaque", "id": "a@b.c"}          | false | false
            """)
    void matchesByTheLetterForDeliveryAndMoreStrictlyForEnforcement(
            String one, String other, boolean delivered, boolean enforced) {
        assertThat(of(one).matches(of(other))).isEqualTo(delivered);
        assertThat(of(other).matches(of(one))).isEqualTo(delivered);
        assertThat(of(one).mayStandFor(of(other))).isEqualTo(enforced);
        assertThat(of(other).mayStandFor(of(one))).isEqualTo(enforced);
    }

    /** U-01, U-20, section 4. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"format": "email", "email": ""}                                     | email is required
            {"format": "email", "mail": "a@b.c"}                                 | email is required
            {"format": "iss_sub", "iss": "https://i", "sub": 7}                  | sub is required
            {"subject_type": "phone"}                                            | phone_number is required
            {"format": "jwt_id", "jti": "1"}                                     | iss is required
            {"format": "saml_assertion_id", "issuer": "i"}                       | assertion_id is required
            {"format": "oauth_token", "token_type": "hush"}                      | token is required
            {"format": "scim", "id": "1"}                                        | uri is required
            {"format": "ip-addresses", "ip-addresses": "192.0.2.1"}              | ip-addresses is required
            {"format": "ip-addresses", "ip-addresses": []}                       | ip-addresses is required
            {"format": "complex"}                                                | at least one member
            {"format": "complex", "user": "ada"}                                 | at least one member
            {"format": "complex", "user": "ada", "device": {"format": "opaque", "id": "1"}} | user must be a simple subject
            {"user": {"user": {"format": "opaque", "id": "1"}}}                  | user must be a simple subject
            {"user": {"format": "email"}}                                        | user.email is required
            {"format": "aliases", "identifiers": []}                             | identifiers is required
            {"format": "aliases", "identifiers": ["a"]}                          | identifiers is required
            {"format": "aliases", "identifiers": [{"format": "email"}]}          | identifiers.email is required
            {"format": "aliases", "identifiers": [{"format": "aliases", "identifiers": []}]} | must not hold aliases
            """)
    void saysWhatIsWrongWithAnIdentifierAndNeverWhatItHolds(String subject, String flaw) {
        assertThat(of(subject).flaw())
                .hasValueSatisfying(text -> assertThat(text).contains(flaw).doesNotContain("hush"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\": \"made-up\"}",
                "{\"format\": \"complex\", \"https://vendor.example/badge\": {\"format\": \"opaque\", \"id\": \"1\"}}",
                "{\"format\": \"complex\", \"user\": {\"format\": \"opaque\", \"id\": \"1\"}, \"note\": \"of a vendor\"}",
            })
    void hasNothingAgainstWhatItDoesNotKnow(String subject) {
        assertThat(of(subject).flaw()).isEmpty();
    }

    /** U-27. */
    @ParameterizedTest
    @CsvSource({"session, session", "device, device", "user, user", "tenant, tenant", "application, application"})
    void saysWhatASubjectIs(String member, String kind) {
        String thing = "{\"format\": \"opaque\", \"id\": \"1\"}";

        assertThat(of("{\"%s\": %s, \"tenant\": %s}".formatted(member, thing, thing))
                        .principalKind())
                .isEqualTo(member.equals("application") ? "tenant" : kind);
        assertThat(of("{\"%s\": %s}".formatted(member, thing)).principalKind()).isEqualTo(kind);
        assertThat(of(ADA).principalKind()).isEqualTo("user");
    }

    @Test
    void readsALogoutTokensSubject() {
        assertThat(SubjectIdentifier.ofLogout("https://i", "u", "s").toJson()).isEqualTo(Wire.readObject("""
                {"format": "complex", "user": {"format": "iss_sub", "iss": "https://i", "sub": "u"},
                 "session": {"format": "opaque", "id": "s"}}"""));
        assertThat(SubjectIdentifier.ofLogout("https://i", "u", null).toJson())
                .isEqualTo(Map.of("format", "iss_sub", "iss", "https://i", "sub", "u"));
        assertThat(SubjectIdentifier.ofLogout("https://i", null, "s").principalKind())
                .isEqualTo("session");
    }

    @Test
    void aliasesNameOnePrincipalInSeveralWays() {
        SubjectIdentifier aliases =
                of("{\"format\": \"aliases\", \"identifiers\": [%s, {\"format\": \"opaque\", \"id\": \"1\"}]}"
                        .formatted(ADA));

        assertThat(aliases.identifiers()).extracting(SubjectIdentifier::format).containsExactly("email", "opaque");
        assertThat(of(ADA).identifiers()).containsExactly(of(ADA));
    }

    @Test
    void printsNobody() {
        assertThat(of(ADA).toString()).isEqualTo("SubjectIdentifier[email, " + of(ADA).key() + "]");
    }

    private static SubjectIdentifier of(String json) {
        return SubjectIdentifier.of(Wire.readObject(json)).orElseThrow();
    }
}
