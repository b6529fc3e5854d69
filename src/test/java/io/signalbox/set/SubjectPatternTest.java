package io.signalbox.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.signalbox.wire.Wire;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether patterns, divided by white space, name a subject. */
class SubjectPatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                              | {"format":"email","email":"a@acme.example"}             | true
            *                              | {"format":"made_up","x":"y"}                            | true
            email:*                        | {"format":"email","email":"a@evil.example"}             | true
            email:*@acme.example           | {"format":"email","email":"a@acme.example"}             | true
            email:*@acme.example           | {"format":"email","email":"a@ACME.Example"}             | true
            email:*@ACME.example           | {"format":"email","email":"a@acme.example"}             | true
            email:*@acme.example           | {"format":"email","email":"a@evil.example"}             | false
            email:*@acme.example           | {"format":"email","email":"a@acme.example.evil.example"}| false
            email:*@acme.example           | {"format":"email","email":"a@evilacme.example"}         | false
            email:*@acme.example           | {"format":"email","email":"a@sub.acme.example"}         | false
            email:*@acme.example           | {"format":"email","email":"a@evil.example@acme.example"}| false
            email:*@acme.example           | {"format":"email","email":"a\\nb@acme.example"}         | false
            email:*@acme.example           | {"format":"email","email":"a@acmeXexample"}             | false
            email:*@kelvin.example         | {"format":"email","email":"a@\\u212aelvin.example"}     | false
            email:*@*.acme.example         | {"format":"email","email":"a@x.acme.example"}           | true
            email:*@*.acme.example         | {"format":"email","email":"a@acme.example"}             | false
            email:Ann@acme.example         | {"format":"email","email":"Ann@acme.example"}           | true
            email:Ann@acme.example         | {"format":"email","email":"ann@acme.example"}           | false
            email:*@acme.example           | {"format":"email"}                                      | false
            email:*@acme.example           | {"format":"email","email":7}                            | false
            email:*@acme.example           | {"format":"account","uri":"acct:a@acme.example"}        | false
            account:*@acme.example         | {"format":"account","uri":"acct:a@Acme.example"}        | true
            account:acct:a@acme.example    | {"format":"account","uri":"ACCT:a@acme.example"}        | true
            account:*@acme.example         | {"format":"account","uri":"acct:a@b@acme.example"}      | false
            iss_sub:https://idp.example    | {"format":"iss_sub","iss":"https://idp.example","sub":"7"} | true
            iss_sub:https://idp.example    | {"format":"iss_sub","iss":"https://idp.example/","sub":"7"} | false
            iss_sub:https://idp.example    | {"format":"iss_sub","iss":"https://IDP.example","sub":"7"} | false
            iss_sub:https://idp.example/*  | {"format":"iss_sub","iss":"https://idp.example/a","sub":"7"} | true
            opaque:*                       | {"format":"opaque","id":"7"}                            | true
            opaque:tenant-*                | {"format":"opaque","id":"tenant-7"}                     | true
            opaque:tenant-*                | {"format":"opaque","id":"user-7"}                       | false
            phone_number:+49*              | {"format":"phone_number","phone_number":"+49 (30) 123-4"} | true
            phone_number:+49*              | {"format":"phone_number","phone_number":"+1 49 30"}     | false
            did:did:web:acme.example*      | {"format":"did","url":"did:web:acme.example:u:7"}       | true
            uri:https://acme.example/*     | {"format":"uri","uri":"https://acme.example/u/7"}       | true
            scim:/Users/*                  | {"format":"scim","uri":"/Users/7"}                      | true
            scim:/Users/*                  | {"format":"scim","uri":"/Users/../Groups/7"}            | false
            ip-addresses:10.*              | {"format":"ip-addresses","ip-addresses":["10.1.1.1","10.2.2.2"]} | true
            ip-addresses:10.*              | {"format":"ip-addresses","ip-addresses":["10.1.1.1","192.0.2.1"]} | false
            ip-addresses:10.*              | {"format":"ip-addresses","ip-addresses":[]}             | false
            made_up:*                      | {"format":"made_up","x":"y"}                            | true
            email:*@acme.example opaque:*  | {"format":"complex","user":{"format":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}} | true
            email:*@acme.example           | {"format":"complex","user":{"format":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}} | false
            email:*@acme.example opaque:*  | {"format":"complex","user":{"format":"email","email":"a@evil.example"},"device":{"format":"opaque","id":"7"}} | false
            email:*@acme.example opaque:*  | {"user":{"format":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}} | true
            user.email:* device.opaque:*   | {"format":"complex","user":{"format":"email","email":"a@acme.example"},"device":{"format":"opaque","id":"7"}} | true
            user.email:* device.opaque:*   | {"format":"complex","tenant":{"format":"opaque","id":"7"}} | false
            user.email:*                   | {"format":"email","email":"a@acme.example"}             | true
            device.opaque:*                | {"format":"opaque","id":"7"}                            | false
            *                              | {"format":"complex"}                                    | false
            *                              | {"format":"complex","user":"a@acme.example"}            | false
            *                              | {"format":"complex","user":{"format":"complex","user":{"format":"opaque","id":"7"}}} | false
            *                              | {"format":"complex","user":{"user":{"format":"opaque","id":"7"}}} | false
            email:*@acme.example           | {"format":"aliases","identifiers":[{"format":"email","email":"a@acme.example"}]} | true
            email:*@acme.example           | {"format":"aliases","identifiers":[{"format":"email","email":"a@acme.example"},{"format":"email","email":"b@evil.example"}]} | false
            *                              | {"format":"aliases","identifiers":[]}                   | false
            *                              | {"format":"aliases","identifiers":["a@acme.example"]}   | false
            *                              | {"format":"aliases"}                                    | false
            *                              | {"format":"aliases","identifiers":[{"format":"aliases","identifiers":[]}]} | false
            """)
    void namesASubjectOnlyIfItNamesEachIdentifierInIt(String patterns, String subject, boolean named) {
        List<SubjectPattern> parsed =
                Arrays.stream(patterns.split("\\s+")).map(SubjectPattern::parse).toList();

        assertThat(SubjectPattern.cover(
                        parsed, SubjectIdentifier.of(Wire.readObject(subject)).orElseThrow()))
                .isEqualTo(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "email", "acme.example", "email: *", "Email:*", "complex:*", "aliases:*", "oauth_token:a"})
    void refusesWhatIsNoPatternAndRepeatsIt(String text) {
        assertThatThrownBy(() -> SubjectPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    /** What a sender makes long costs it alone. */
    @Test
    void doesNotLookAtWhatIsAbsurdlyLong() {
        SubjectIdentifier endless = new SubjectIdentifier("opaque", Map.of("id", "a".repeat(60_000)));

        assertThat(SubjectPattern.cover(List.of(SubjectPattern.parse("opaque:a*a*a*b")), endless))
                .isFalse();
        assertThat(SubjectPattern.cover(List.of(SubjectPattern.parse("opaque:a*")), endless))
                .isFalse();
        assertThat(SubjectPattern.cover(List.of(SubjectPattern.parse("opaque:*")), endless))
                .isTrue();
    }
}
