package io.signalbox.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostureTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final SubjectIdentifier ADA = new SubjectIdentifier("email", Map.of("email", "ada@acme.example"));

    /** One state of the account, whichever family of events told it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            risc/account-disabled  | {"reason": "hijacking"}                | DISABLED
            risc/account-enabled   | {}                                     | ENABLED
            risc/account-purged    | {}                                     | PURGED
            scim/prov-deactivate   | {}                                     | DISABLED
            scim/prov-activate     | {}                                     | ENABLED
            scim/prov-delete       | {}                                     | PURGED
            scim/prov-put-full     | {"data": {"active": false}}            | DISABLED
            scim/prov-create-full  | {"data": {"active": true}}             | ENABLED
            scim/old-prov-patch    | {"data": {"active": false}}            | DISABLED
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "replace", "path": "active", "value": false}]}} | DISABLED
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "Add", "value": {"active": true}}]}}            | ENABLED
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "replace", "path": "active", "value": true}, {"op": "replace", "path": "active", "value": false}]}} | DISABLED
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "Replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": "False"}]}} | DISABLED
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "replace", "path": "active", "value": "perhaps"}]}} |
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "remove", "path": "active", "value": false}]}}  |
            scim/prov-patch-full   | {"data": {"Operations": [{"op": "replace", "path": "title", "value": "Dr"}]}}   |
            scim/prov-patch-notice | {"attributes": ["active"]}             |
            risc/sessions-revoked  | {}                                     |
            """)
    void knowsHowAnAccountStands(String alias, String payload, @Nullable AccountState account) {
        assertThat(after(event(alias, payload, NOON)).account()).isEqualTo(account);
    }

    /** RISC 1.0, section 2.8: who cancels an opt-out is opted in again. */
    @ParameterizedTest
    @CsvSource({
        "opt-in, OPT_IN",
        "opt-out-initiated, OPT_OUT_INITIATED",
        "opt-out-cancelled, OPT_IN",
        "opt-out-effective, OPT_OUT",
    })
    void knowsWhetherASubjectAgreesToSharing(String type, SharingState sharing) {
        assertThat(after(event("risc/" + type, "{}", NOON)).sharing()).isEqualTo(sharing);
    }

    @Test
    void aCredentialIsCompromisedUntilItIsChangedOrGone() {
        SecurityEvent leaked = event("risc/credential-compromise", "{\"credential_type\": \"password\"}", NOON);
        SecurityEvent another = change("pin", "update");

        assertThat(after(leaked).compromised()).containsExactly("password");
        assertThat(after(leaked, another).compromised()).containsExactly("password");
        assertThat(after(leaked, change("password", "create")).compromised()).containsExactly("password");
        assertThat(after(leaked, change("password", "update")).compromised()).isEmpty();
        assertThat(after(leaked, change("password", "delete")).compromised()).isEmpty();
    }

    /** Two changes are two things that somebody did; a compromise that was mended since is none any more. */
    @Test
    void aChangeOfACredentialIsNeverTooLateButALeakCanBe() {
        Posture changed = after(change("password", "update"));
        Instant before = NOON.minusSeconds(60);

        assertThat(changed.overtook(event(
                        "caep/credential-change",
                        "{\"credential_type\": \"password\", \"change_type\": \"update\"}",
                        before)))
                .isFalse();
        assertThat(changed.overtook(event("risc/credential-compromise", "{\"credential_type\": \"password\"}", before)))
                .isTrue();
    }

    /** S-20. */
    @Test
    void anOlderDisablingDoesNotUndoALaterEnabling() {
        Posture enabled = after(event("scim/prov-activate", "{}", NOON));

        assertThat(enabled.overtook(event("risc/account-disabled", "{}", NOON.minusSeconds(1))))
                .isTrue();
        assertThat(enabled.overtook(event("risc/account-disabled", "{}", NOON.plusSeconds(1))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "caep/session-revoked, revoked",
        "risc/sessions-revoked, revoked",
        "oidc/backchannel-logout, revoked",
        "caep/session-established, established",
    })
    void knowsWhatBecameLastOfItsSessionsAndHoldsNoEventAgainstThem(String alias, String state) {
        Posture posture =
                after(event("caep/session-established", "{}", NOON.minusSeconds(60)), event(alias, "{}", NOON));

        assertThat(posture.known())
                .extracting(Posture.Known::aspect, Posture.Known::value)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("sessions", state));
        assertThat(posture.overtook(event("caep/session-revoked", "{}", NOON.minusSeconds(1))))
                .isFalse();
    }

    private static SecurityEvent change(String type, String change) {
        String payload = "{\"credential_type\": \"%s\", \"change_type\": \"%s\"}".formatted(type, change);
        return event("caep/credential-change", payload, NOON.plusSeconds(60));
    }

    private static SecurityEvent event(String alias, String payload, Instant when) {
        EventType type = EventCatalog.types().stream()
                .filter(each -> each.alias().equals(alias))
                .findFirst()
                .orElseThrow();
        EventCatalog.Reading reading = EventCatalog.read(type.uri(), Wire.readObject(payload));
        assertThat(reading).isInstanceOf(EventCatalog.Reading.Read.class);
        return new SecurityEvent(
                "sig-1",
                "https://idp.acme.example",
                null,
                ADA,
                ((EventCatalog.Reading.Read) reading).payload(),
                when,
                NOON.plusSeconds(3_600));
    }

    /** As the ledger keeps it: of each aspect the last word. */
    private static Posture after(SecurityEvent... events) {
        List<Posture.Known> known = new ArrayList<>();
        for (SecurityEvent event : events) {
            Posture.Known left = Posture.left(event);
            if (left != null) {
                known.removeIf(each -> each.aspect().equals(left.aspect()));
                known.add(left);
            }
        }
        return Posture.of(known);
    }
}
