package io.signalbox.guard;

import io.signalbox.event.Signal;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.store.Precautions.Echo;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** By which events a target's own issuer tells what we did there (invariant I-6). */
final class Effects {

    private static final List<String> SESSIONS_ENDED = List.of("session.revoke", "account.disable", "account.lock");
    private static final List<String> ACCOUNT_SHUT = List.of("account.disable", "account.lock");
    private static final List<String> ACCOUNT_OPENED =
            List.of("account.enable", "account.unlock", "account.disable", "account.lock");
    private static final List<String> EITHER =
            List.of("account.enable", "account.unlock", "account.disable", "account.lock", "group.add", "group.remove");

    /** Alias of an event to the kinds of action that it tells of; of one that takes something back, what is taken back. */
    private static final Map<String, List<String>> TOLD_BY = Map.ofEntries(
            Map.entry("caep/session-revoked", SESSIONS_ENDED),
            Map.entry("risc/sessions-revoked", SESSIONS_ENDED),
            Map.entry("oidc/backchannel-logout", SESSIONS_ENDED),
            Map.entry("caep/credential-change", List.of("credential.reset", "credential.revoke")),
            Map.entry("caep/token-claims-change", List.of("group.add", "group.remove")),
            Map.entry("caep/device-compliance-change", List.of("device.quarantine", "device.release")),
            Map.entry("risc/account-disabled", ACCOUNT_SHUT),
            Map.entry("risc/account-enabled", ACCOUNT_OPENED),
            Map.entry("scim/prov-deactivate", ACCOUNT_SHUT),
            Map.entry("scim/prov-activate", ACCOUNT_OPENED),
            Map.entry("scim/prov-patch-full", EITHER),
            Map.entry("scim/prov-patch-notice", EITHER),
            Map.entry("scim/prov-put-full", EITHER),
            Map.entry("scim/prov-put-notice", EITHER));

    private Effects() {}

    /** @param issuers target to the issuer that tells what happens there */
    static @Nullable Echo in(Signal signal, Map<String, String> issuers, Duration window) {
        Set<String> targets = issuers.entrySet().stream()
                .filter(entry -> entry.getValue().equals(signal.set().iss()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Set<String> kinds = signal.events().stream()
                .flatMap(event -> TOLD_BY.getOrDefault(event.payload().alias(), List.of()).stream())
                .collect(Collectors.toSet());
        Set<String> subjects = new HashSet<>();
        signal.events().forEach(event -> {
            if (event.subject() != null) {
                keys(event.subject(), subjects);
            }
        });
        return targets.isEmpty() || kinds.isEmpty() || subjects.isEmpty()
                ? null
                : new Echo(targets, kinds, subjects, window);
    }

    private static void keys(SubjectIdentifier subject, Set<String> keys) {
        subject.principals()
                .values()
                .forEach(principal -> principal.identifiers().forEach(identifier -> keys.add(identifier.key())));
    }
}
