package io.signalbox.event;

import io.signalbox.event.CaepEvent.CredentialChange;
import io.signalbox.event.CaepEvent.TokenClaimsChange;
import io.signalbox.event.RiscEvent.AccountDisabled;
import io.signalbox.event.RiscEvent.AccountEnabled;
import io.signalbox.event.RiscEvent.AccountPurged;
import io.signalbox.event.RiscEvent.IdentifierChanged;
import io.signalbox.event.RiscEvent.IdentifierRecycled;
import io.signalbox.event.ScimChange.Kind;
import io.signalbox.event.ScimEvent.Activate;
import io.signalbox.event.ScimEvent.Deactivate;
import io.signalbox.event.ScimEvent.Delete;
import io.signalbox.event.ScimEvent.PatchFull;
import io.signalbox.event.ScimEvent.PatchNotice;
import io.signalbox.set.SubjectIdentifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an event of SCIM means in the words of CAEP and RISC, and the other way round: one table, row by row with its
 * condition and with what is lost. {@code src/docs/scim-mapping.md} is made from it.
 *
 * <p>What a row gives is about the subject of what it was made of, and happened when that did.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4">RFC 9967, section 2.4</a>
 * @see <a href="https://openid.net/specs/openid-risc-1_0-final.html#section-2">RISC 1.0, section 2</a>
 */
public final class ScimMapping {

    private static final String PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private static final String PASSWORD = "password";
    private static final String X509 = "x509certificates";

    /** RFC 9068, section 2.2.3.1, takes these claims from SCIM as they are. */
    private static final List<String> CLAIMS = List.of("entitlements", "groups", "roles");

    private static final String NO_CAUSE = "Who did it and why: SCIM does not say.";

    private static final List<Row> TABLE = table();

    private ScimMapping() {}

    /** Which way a row goes. */
    public enum Direction {
        /** An event of SCIM is read as one of CAEP or RISC. */
        FROM_SCIM,
        /** An event of CAEP or RISC is written as one of SCIM. */
        TO_SCIM
    }

    /**
     * One row, for people.
     *
     * @param from aliases of the types that it takes
     * @param when which of their events
     * @param to alias of the type that it gives; absent if it gives none
     * @param lost what cannot be carried, and why
     */
    public record Line(
            Direction direction,
            List<String> from,
            String when,
            @Nullable String to,
            String lost) {}

    private interface In {
        @Nullable
        KnownEvent of(ScimChange change);
    }

    private interface Out {
        @Nullable
        ScimEvent of(KnownEvent event, @Nullable SubjectIdentifier subject);
    }

    private record Row(
            List<EventType> from,
            String when,
            @Nullable EventType to,
            String lost,
            @Nullable In in,
            @Nullable Out out) {

        Direction direction() {
            return out == null ? Direction.FROM_SCIM : Direction.TO_SCIM;
        }
    }

    /** The table, in its order. */
    public static List<Line> lines() {
        return TABLE.stream()
                .map(row -> new Line(
                        row.direction(),
                        row.from().stream().map(EventType::alias).toList(),
                        row.when(),
                        row.to() == null ? null : row.to().alias(),
                        row.lost()))
                .toList();
    }

    /**
     * Behind each event of SCIM what it means in CAEP and RISC, so that rules need to be written once. What a token says
     * by itself, or has been said already, is not said again.
     *
     * @param told the events of one token
     */
    public static List<SecurityEvent> withMeanings(List<SecurityEvent> told) {
        if (told.stream().noneMatch(event -> event.payload() instanceof ScimEvent)) {
            return List.copyOf(told);
        }
        Set<EventPayload> said = new HashSet<>();
        Set<String> types = new HashSet<>();
        told.forEach(event -> types.add(event.payload().uri()));
        List<SecurityEvent> events = new ArrayList<>();
        for (SecurityEvent event : told) {
            events.add(event);
            if (event.payload() instanceof ScimEvent scim) {
                fromScim(scim, event.subject()).stream()
                        .filter(meaning -> !types.contains(meaning.uri()) && said.add(meaning))
                        .forEach(meaning -> events.add(event.meaning(meaning)));
            }
        }
        return List.copyOf(events);
    }

    /**
     * What an event of SCIM means in CAEP and RISC.
     *
     * @param subject whom it is about, which tells users from groups and devices; absent if nobody is named
     * @return none if it has no meaning there, or its meaning cannot be told from what it says
     */
    public static List<KnownEvent> fromScim(ScimEvent event, @Nullable SubjectIdentifier subject) {
        return fromScim(event.type(), ScimChange.of(event, subject));
    }

    /**
     * The same for what a watcher saw of a user, who is there still. See {@link #deleted()} for one who is not.
     *
     * @param change what is not as it was
     */
    public static List<KnownEvent> fromScim(ScimChange change) {
        return fromScim(PatchFull.TYPE, change);
    }

    /** What it means that a user is not there any more. */
    public static KnownEvent deleted() {
        return new AccountPurged(CaepContext.NONE, Map.of());
    }

    private static List<KnownEvent> fromScim(EventType type, ScimChange change) {
        if (!change.user()) {
            return List.of();
        }
        List<KnownEvent> events = new ArrayList<>();
        for (Row row : TABLE) {
            KnownEvent event =
                    row.in() != null && row.from().contains(type) ? row.in().of(change) : null;
            if (event != null) {
                events.add(event);
            }
        }
        return List.copyOf(events);
    }

    /**
     * An event of CAEP or RISC as one of SCIM, for receivers that understand that alone.
     *
     * @param subject whom it is about, which tells which identifier was changed; absent if nobody is named
     * @return empty if SCIM has no word for it
     */
    public static Optional<ScimEvent> toScim(EventPayload event, @Nullable SubjectIdentifier subject) {
        if (!(event instanceof KnownEvent known)) {
            return Optional.empty();
        }
        return TABLE.stream()
                .filter(row -> row.from().contains(known.type()))
                .map(row -> row.out() == null ? null : row.out().of(known, subject))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static List<Row> table() {
        List<Row> table = new ArrayList<>();
        List<EventType> changes =
                types("scim/prov-patch-full", "scim/prov-put-full", "scim/old-prov-patch", "scim/old-prov-put");
        List<EventType> notices = types("scim/prov-patch-notice", "scim/prov-put-notice");
        List<EventType> all = new ArrayList<>(changes);
        all.addAll(notices);

        table.add(in(
                List.of(Deactivate.TYPE),
                "of a user",
                AccountDisabled.TYPE,
                NO_CAUSE + " Whether the sessions were ended is for both sides to agree upon (M-08).",
                change -> change.kind() == Kind.DEACTIVATED ? disabled() : null));
        table.add(in(
                changes,
                "of a user, and `active` is told as false. A resource told in full may have been inactive before; a repeat"
                        + " says nothing new",
                AccountDisabled.TYPE,
                NO_CAUSE,
                change -> Boolean.FALSE.equals(change.active()) ? disabled() : null));
        table.add(in(
                List.of(Activate.TYPE),
                "of a user",
                AccountEnabled.TYPE,
                NO_CAUSE,
                change -> change.kind() == Kind.ACTIVATED ? enabled() : null));
        table.add(in(
                changes,
                "of a user, and a PATCH sets `active` to true. A resource told in full does not say that it was inactive"
                        + " before",
                AccountEnabled.TYPE,
                NO_CAUSE,
                change ->
                        change.changed(ScimChange.ACTIVE) && Boolean.TRUE.equals(change.active()) ? enabled() : null));
        table.add(in(
                List.of(Delete.TYPE),
                "of a user",
                AccountPurged.TYPE,
                NO_CAUSE + " SCIM does not say that it is for good, either.",
                change -> deleted()));
        table.add(in(
                all,
                "of a user, and `password` is named or told",
                CredentialChange.TYPE,
                "The password, on purpose. " + NO_CAUSE,
                change -> change.changed(PASSWORD) || change.values().containsKey(PASSWORD)
                        ? credential(PASSWORD)
                        : null));
        table.add(in(
                types("scim/sig-pwdReset", "scim/example-password-reset"),
                "of a user",
                CredentialChange.TYPE,
                NO_CAUSE,
                change -> credential(PASSWORD)));
        table.add(in(
                all,
                "of a user, and `x509Certificates` is named as changed",
                CredentialChange.TYPE,
                "Which certificate, and whether it was added or removed: the state before is not told. " + NO_CAUSE,
                change -> change.changed(X509) ? credential("x509") : null));
        for (String attribute : List.of("username", ScimChange.EMAILS, ScimChange.PHONES)) {
            String name = spelt(attribute);
            table.add(in(
                    all,
                    "of a user, and `" + name + "` is named as changed. One more value that is not the primary one"
                            + " changes nothing",
                    IdentifierChanged.TYPE,
                    "The old identifier: it is about the resource. The new one is told where it is a single or primary"
                            + " value. " + NO_CAUSE,
                    change -> change.changed(attribute)
                            ? new IdentifierChanged(change.single(attribute), CaepContext.NONE, Map.of())
                            : null));
        }
        table.add(in(
                changes,
                "of a user, and `roles`, `entitlements` or `groups` is named as changed and told as a whole",
                TokenClaimsChange.TYPE,
                "Other attributes: which claim they make is not known. A value that is added or removed alone does not"
                        + " tell the whole claim. " + NO_CAUSE,
                ScimMapping::claims));
        table.add(
                none(
                        notices,
                        "nothing but other names are told, `active` among them",
                        "Whether the account is active: names do not tell. To watch the server as well (`scim-watch`) reads it back (M-14)."));
        table.add(none(
                types(
                        "scim/prov-create-full",
                        "scim/prov-create-notice",
                        "scim/old-prov-create",
                        "scim/example-create"),
                "always",
                "That a resource is there is no security state."));
        table.add(none(
                types("scim/feed-add", "scim/feed-remove"),
                "always",
                "Membership of a feed says nothing of the resource (M-07)."));
        table.add(none(
                types("scim/misc-asyncresp"), "always", "The answer to a request; nothing happened to anybody by it."));
        table.add(none(
                types("scim/sig-authMethod"),
                "always",
                "Which kind of credential: the event does not tell, and there is none that would be safe to assume."));

        table.add(out(
                AccountDisabled.TYPE,
                "always",
                Deactivate.TYPE,
                "`reason`, times and texts.",
                (event, subject) -> new Deactivate(null, Map.of())));
        table.add(out(
                AccountEnabled.TYPE,
                "always",
                Activate.TYPE,
                "Times and texts.",
                (event, subject) -> new Activate(null, Map.of())));
        table.add(out(
                AccountPurged.TYPE,
                "always",
                Delete.TYPE,
                "Times and texts.",
                (event, subject) -> new Delete(Map.of())));
        table.add(out(
                CredentialChange.TYPE,
                "`credential_type` is `password` or `x509`. SCIM knows no other credential",
                PatchNotice.TYPE,
                "What was done to it (`change_type`), which one it was, who did it, times and texts.",
                (event, subject) -> notice((CredentialChange) event)));
        table.add(out(
                IdentifierChanged.TYPE,
                "`new-value` is told",
                PatchFull.TYPE,
                "Times and texts. Which attribute it is, where the subject is no e-mail address or phone number: then it"
                        + " is told by what the new value looks like.",
                (event, subject) -> replaced(((IdentifierChanged) event).newValue(), subject)));
        table.add(out(
                IdentifierChanged.TYPE,
                "`new-value` is not told, and the subject is an e-mail address or a phone number",
                PatchNotice.TYPE,
                "Times and texts.",
                (event, subject) -> {
                    String attribute = attribute(subject);
                    return attribute == null ? null : new PatchNotice(List.of(attribute), null, Map.of());
                }));
        table.add(out(
                IdentifierRecycled.TYPE,
                "the subject is an e-mail address or a phone number",
                PatchFull.TYPE,
                "That somebody else has it now. SCIM can only say that this resource has it no more.",
                (event, subject) -> removed(subject)));
        table.add(out(
                TokenClaimsChange.TYPE,
                "`claims` has `roles` or `entitlements`",
                PatchFull.TYPE,
                "Other claims: which attribute they are made of is not known. `groups`, which SCIM changes at the group."
                        + " Times and texts.",
                (event, subject) -> patched(((TokenClaimsChange) event).claims())));
        untold(
                "Nothing of a session is in SCIM.",
                table,
                "caep/session-revoked",
                "caep/session-established",
                "caep/session-presented",
                "risc/sessions-revoked");
        untold(
                "SCIM has no attribute for it; a group or an extension could stand for it, by agreement.",
                table,
                "caep/assurance-level-change",
                "caep/device-compliance-change",
                "caep/risk-level-change");
        untold(
                "A wish, or a suspicion, and no change of a resource.",
                table,
                "risc/account-credential-change-required",
                "risc/credential-compromise");
        untold(
                "SCIM knows neither recovery nor consent.",
                table,
                "risc/recovery-activated",
                "risc/recovery-information-changed",
                "risc/opt-in",
                "risc/opt-out-initiated",
                "risc/opt-out-cancelled",
                "risc/opt-out-effective");
        untold(
                "Google's, of the stream or of tokens, or from before there was a standard.",
                table,
                "risc/google-verification",
                "risc/google-old-sessions-revoked",
                "risc/google-old-one-token-revoked",
                "risc/google-old-all-token-revoked",
                "risc/google-old-account-disabled",
                "risc/google-old-account-credential-change-required");
        return List.copyOf(table);
    }

    private static Row in(List<EventType> from, String when, EventType to, String lost, In in) {
        return new Row(List.copyOf(from), when, to, lost, in, null);
    }

    private static Row out(EventType from, String when, EventType to, String lost, Out out) {
        return new Row(List.of(from), when, to, lost, null, out);
    }

    private static Row none(List<EventType> from, String when, String lost) {
        return new Row(from, when, null, lost, change -> null, null);
    }

    private static void untold(String why, List<Row> table, String... aliases) {
        table.add(new Row(types(aliases), "always", null, why, null, (event, subject) -> null));
    }

    private static List<EventType> types(String... aliases) {
        return Arrays.stream(aliases)
                .map(alias -> EventCatalog.types().stream()
                        .filter(type -> type.alias().equals(alias))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("There is no event type " + alias)))
                .toList();
    }

    private static KnownEvent disabled() {
        return new AccountDisabled(null, CaepContext.NONE, Map.of());
    }

    private static KnownEvent enabled() {
        return new AccountEnabled(CaepContext.NONE, Map.of());
    }

    private static KnownEvent credential(String type) {
        return new CredentialChange(type, ChangeType.UPDATE, null, null, null, null, CaepContext.NONE, Map.of());
    }

    private static @Nullable KnownEvent claims(ScimChange change) {
        Map<String, Object> claims = new LinkedHashMap<>();
        for (String name : CLAIMS) {
            Object value = change.values().get(name);
            if (change.changed(name) && change.whole().contains(name) && value != null) {
                claims.put(name, value);
            }
        }
        return claims.isEmpty() ? null : new TokenClaimsChange(claims, CaepContext.NONE, Map.of());
    }

    private static @Nullable ScimEvent notice(CredentialChange change) {
        return switch (change.credentialType()) {
            case PASSWORD -> new PatchNotice(List.of(PASSWORD), null, Map.of());
            case "x509" -> new PatchNotice(List.of(spelt(X509)), null, Map.of());
            default -> null;
        };
    }

    private static @Nullable ScimEvent replaced(@Nullable String newValue, @Nullable SubjectIdentifier subject) {
        if (newValue == null) {
            return null;
        }
        String attribute = attribute(subject);
        if (attribute != null) {
            return patch("replace", selected(attribute, subject) + ".value", newValue);
        }
        if (newValue.contains("@")) {
            return patch("replace", "emails[primary eq true].value", newValue);
        }
        return newValue.startsWith("+")
                ? patch("replace", "phoneNumbers[primary eq true].value", newValue)
                : patch("replace", "userName", newValue);
    }

    private static @Nullable ScimEvent removed(@Nullable SubjectIdentifier subject) {
        String attribute = attribute(subject);
        return attribute == null ? null : patch("remove", selected(attribute, subject), null);
    }

    private static @Nullable ScimEvent patched(Map<String, Object> claims) {
        List<Map<String, Object>> operations = new ArrayList<>();
        for (String name : List.of("entitlements", "roles")) {
            Object value = claims.get(name);
            if (value != null) {
                operations.add(operation("replace", name, value));
            }
        }
        return operations.isEmpty() ? null : patch(operations);
    }

    private static ScimEvent patch(String op, String path, @Nullable Object value) {
        return patch(List.of(operation(op, path, value)));
    }

    private static ScimEvent patch(List<Map<String, Object>> operations) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("schemas", List.of(PATCH_OP));
        body.put("Operations", operations);
        return new PatchFull(body, null, Map.of());
    }

    private static Map<String, Object> operation(String op, String path, @Nullable Object value) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("op", op);
        operation.put("path", path);
        if (value != null) {
            operation.put("value", value);
        }
        return operation;
    }

    /** The attribute that an identifier is a value of; absent if that cannot be told. */
    private static @Nullable String attribute(@Nullable SubjectIdentifier subject) {
        return subject == null
                ? null
                : switch (subject.format()) {
                    case "email" -> "emails";
                    case "phone_number" -> "phoneNumbers";
                    default -> null;
                };
    }

    /** Values of others are put in quotes as JSON does, or they could end the filter (M-22). */
    private static String selected(String attribute, @Nullable SubjectIdentifier subject) {
        String value = String.valueOf(
                Objects.requireNonNull(subject).text(attribute.equals("emails") ? "email" : "phone_number"));
        StringBuilder quoted = new StringBuilder();
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return attribute + "[value eq \"" + quoted + "\"]";
    }

    private static String spelt(String attribute) {
        return ScimChange.SPELLINGS.getOrDefault(attribute, attribute);
    }
}
