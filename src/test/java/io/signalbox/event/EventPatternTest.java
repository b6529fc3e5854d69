package io.signalbox.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventPatternTest {

    @ParameterizedTest
    @CsvSource({
        "*, https://vendor.example/event/colour, true",
        "caep:*, https://schemas.openid.net/secevent/caep/event-type/session-revoked, true",
        "caep:*, https://schemas.openid.net/secevent/risc/event-type/account-disabled, false",
        "caep:session-revoked, https://schemas.openid.net/secevent/caep/event-type/session-revoked, true",
        "caep:session-revoked, https://schemas.openid.net/secevent/caep/event-type/credential-change, false",
        "caep:device-*, https://schemas.openid.net/secevent/caep/event-type/device-compliance-change, true",
        "risc:account-disabled, https://schemas.openid.net/secevent/risc/event-type/account-disabled, true",
        "risc:account-disabled, https://schemas.openid.net/secevent/risc/event-type/account-disabled/x, false",
        "scim:prov:*, urn:ietf:params:scim:event:prov:activate, true",
        "scim:prov:*, urn:ietf:params:scim:event:feed:add, false",
        "https://vendor.example/event/colour, https://vendor.example/event/colour, true",
        "https://vendor.example/event/colour, https://vendor.example/event/colours, false",
        "https://vendor.example/event/*, https://vendor.example/event/colour, true",
        "https://vendor.example/event/*, https://vendor.example.evil.example/event/colour, false",
        "urn:vendor:*, urn:vendor:colour, true"
    })
    void namesTypes(String pattern, String uri, boolean named) {
        assertThat(EventPattern.parse(pattern).matches(uri)).isEqualTo(named);
    }

    /** Who may tell of a type may tell of it under the URIs that it once had. */
    @ParameterizedTest
    @CsvSource("caep:*")
    void namesATypeUnderItsLegacyUris(String pattern) {
        EventCatalog.types().stream()
                .filter(type -> type.alias().startsWith("caep/"))
                .flatMap(type -> type.legacyUris().stream())
                .forEach(uri ->
                        assertThat(EventPattern.parse(pattern).matches(uri)).isTrue());
    }

    @ParameterizedTest
    @CsvSource({
        "caep:sesion-revoked, names no event type; caep has",
        "capr:*, is neither a URI nor like caep:*",
        "session-revoked, is neither a URI nor like caep:*",
        "'', is neither a URI nor like caep:*",
        "caep:*-change, may have one * at its end",
        "**, may have one * at its end",
        "'caep: *', may have one * at its end"
    })
    void refusesWhatIsNoPatternAndSaysWhy(String text, String why) {
        assertThatThrownBy(() -> EventPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' " + why);
    }
}
