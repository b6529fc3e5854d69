package io.signalbox.event;

import io.signalbox.set.SubjectIdentifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events of SCIM resources: those of RFC 9967, and what its drafts, early implementations and the examples of RFC 8417
 * had. URNs are case-sensitive, so other spellings are listed, not folded (M-09).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2">RFC 9967, section 2</a>
 */
public sealed interface ScimEvent extends KnownEvent {

    String SCIM = "urn:ietf:params:scim:event:";

    /** As in the drafts up to about the fifteenth. */
    String DRAFT = "urn:ietf:params:SCIM:event:";

    /** As in early implementations. */
    String EARLY = "urn:ietf:params:event:SCIM:";

    /** The values that the event tells; empty if it tells none. */
    default Map<String, Object> data() {
        return Map.of();
    }

    /** The names of what changed, as paths of SCIM; empty if the event tells none. */
    default List<String> attributes() {
        return List.of();
    }

    /** Whether the account is active from now on; absent if the event does not say. */
    default @Nullable Boolean active() {
        Boolean last = flag(data().get("active"));
        if (last == null && data().get("Operations") instanceof Collection<?> operations) {
            for (Object operation : operations) {
                Boolean set = operation instanceof Map<?, ?> members ? setBy(members) : null;
                last = set == null ? last : set;
            }
        }
        return last;
    }

    private static @Nullable Boolean setBy(Map<?, ?> operation) {
        if ("remove".equalsIgnoreCase(String.valueOf(operation.get("op")))) {
            return null;
        }
        Object value = operation.get("value");
        if (operation.get("path") instanceof String path) {
            String attribute = path.substring(path.lastIndexOf(':') + 1);
            return attribute.equalsIgnoreCase("active") ? flag(value) : null;
        }
        return value instanceof Map<?, ?> values ? flag(values.get("active")) : null;
    }

    /** Some providers write it as a string. */
    private static @Nullable Boolean flag(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        return value instanceof String text && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))
                ? Boolean.valueOf(text)
                : null;
    }

    @Override
    default @Nullable Aspect states() {
        Boolean active = active();
        return active == null ? null : (active ? AccountState.ENABLED : AccountState.DISABLED).aspect();
    }

    /**
     * The resource at a URL, by its path below the base of its server, as far as that can be told from the URL alone.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.1">RFC 9967, section 2.1</a>
     */
    static SubjectIdentifier resource(String url) {
        String path = url.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://[^/]*", "");
        for (String type : List.of("/Users/", "/Groups/")) {
            int at = path.lastIndexOf(type);
            if (at > 0) {
                path = path.substring(at);
            }
        }
        return new SubjectIdentifier("scim", Map.of("uri", path));
    }

    /** What a SCIM request was. */
    enum Method implements WireWord {
        POST,
        PUT,
        PATCH,
        DELETE;

        /** As spelt on the wire; compared case-sensitively. */
        @Override
        public String word() {
            return name();
        }
    }

    /**
     * The resource joined the feed; it need not be new.
     *
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.3.1">RFC 9967, section 2.3.1</a>
     */
    record FeedAdd(@Nullable String version, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE =
                EventType.of("scim/feed-add", SCIM + "feed:add", FeedAdd::read, DRAFT + "feed:add", EARLY + "feed:add");

        private static FeedAdd read(Claims claims) {
            return new FeedAdd(claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("version", version).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The resource left the feed; it was neither deleted nor deactivated.
     *
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.3.2">RFC 9967, section 2.3.2</a>
     */
    record FeedRemove(@Nullable String version, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/feed-remove",
                SCIM + "feed:remove",
                FeedRemove::read,
                DRAFT + "feed:remove",
                EARLY + "feed:remove");

        private static FeedRemove read(Claims claims) {
            return new FeedRemove(claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("version", version).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was created; its values are told.
     *
     * @param data the resource, or the body of the SCIM request, told apart by its {@code schemas} (M-06)
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.1">RFC 9967, section 2.4.1</a>
     */
    record CreateFull(Map<String, Object> data, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-create-full", SCIM + "prov:create:full", CreateFull::read, DRAFT + "prov:create:full");

        private static CreateFull read(Claims claims) {
            return new CreateFull(claims.object("data"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was created; only the names of its attributes are told.
     *
     * @param attributes names of what changed, as paths of SCIM
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.1">RFC 9967, section 2.4.1</a>
     */
    record CreateNotice(List<String> attributes, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-create-notice",
                SCIM + "prov:create:notice",
                CreateNotice::read,
                DRAFT + "prov:create:notice");

        private static CreateNotice read(Claims claims) {
            return new CreateNotice(
                    claims.requiredTexts("attributes"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .withRequired("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was changed in part; the values are told.
     *
     * @param data the resource, or the body of the SCIM request, told apart by its {@code schemas} (M-06)
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.2">RFC 9967, section 2.4.2</a>
     */
    record PatchFull(Map<String, Object> data, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-patch-full", SCIM + "prov:patch:full", PatchFull::read, DRAFT + "prov:patch:full");

        private static PatchFull read(Claims claims) {
            return new PatchFull(claims.object("data"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was changed in part; only the names of what changed are told.
     *
     * @param attributes names of what changed, as paths of SCIM
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.2">RFC 9967, section 2.4.2</a>
     */
    record PatchNotice(List<String> attributes, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-patch-notice",
                SCIM + "prov:patch:notice",
                PatchNotice::read,
                DRAFT + "prov:patch:notice",
                DRAFT + "prov:patc:notice");

        private static PatchNotice read(Claims claims) {
            return new PatchNotice(claims.requiredTexts("attributes"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .withRequired("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was replaced; the values are told.
     *
     * @param data the resource, or the body of the SCIM request, told apart by its {@code schemas} (M-06)
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.3">RFC 9967, section 2.4.3</a>
     */
    record PutFull(Map<String, Object> data, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE =
                EventType.of("scim/prov-put-full", SCIM + "prov:put:full", PutFull::read, DRAFT + "prov:put:full");

        private static PutFull read(Claims claims) {
            return new PutFull(claims.object("data"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was replaced; only the names of what changed are told.
     *
     * @param attributes names of what changed, as paths of SCIM
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.3">RFC 9967, section 2.4.3</a>
     */
    record PutNotice(List<String> attributes, @Nullable String version, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-put-notice", SCIM + "prov:put:notice", PutNotice::read, DRAFT + "prov:put:notice");

        private static PutNotice read(Claims claims) {
            return new PutNotice(claims.requiredTexts("attributes"), claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .withRequired("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was created, by an implementation from before RFC 9967; whether with the values or only the names of
     * what changed shows in which of the two is there.
     *
     * @param data the resource or the body of the SCIM request; empty if absent
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     */
    record OldCreate(
            Map<String, Object> data,
            List<String> attributes,
            @Nullable String version,
            Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of("scim/old-prov-create", EARLY + "prov:create", OldCreate::read);

        private static OldCreate read(Claims claims) {
            return new OldCreate(
                    claims.optionalObject("data"),
                    claims.texts("attributes"),
                    claims.optionalText("version"),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was changed in part, by an implementation from before RFC 9967; whether with the values or only the
     * names of what changed shows in which of the two is there.
     *
     * @param data the resource or the body of the SCIM request; empty if absent
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     */
    record OldPatch(
            Map<String, Object> data,
            List<String> attributes,
            @Nullable String version,
            Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of("scim/old-prov-patch", EARLY + "prov:patch", OldPatch::read);

        private static OldPatch read(Claims claims) {
            return new OldPatch(
                    claims.optionalObject("data"),
                    claims.texts("attributes"),
                    claims.optionalText("version"),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was replaced, by an implementation from before RFC 9967; whether with the values or only the names
     * of what changed shows in which of the two is there.
     *
     * @param data the resource or the body of the SCIM request; empty if absent
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     */
    record OldPut(
            Map<String, Object> data,
            List<String> attributes,
            @Nullable String version,
            Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of("scim/old-prov-put", EARLY + "prov:put", OldPut::read);

        private static OldPut read(Claims claims) {
            return new OldPut(
                    claims.optionalObject("data"),
                    claims.texts("attributes"),
                    claims.optionalText("version"),
                    claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("data", data)
                    .with("attributes", attributes)
                    .with("version", version)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The resource was deleted, and left the feed.
     *
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.4">RFC 9967, section 2.4.4</a>
     */
    record Delete(Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-delete", SCIM + "prov:delete", Delete::read, DRAFT + "prov:delete", EARLY + "prov:delete");

        private static Delete read(Claims claims) {
            return new Delete(claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return AccountState.PURGED.aspect();
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account is ready for use, as the two parties agreed.
     *
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.5">RFC 9967, section 2.4.5</a>
     */
    record Activate(@Nullable String version, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-activate",
                SCIM + "prov:activate",
                Activate::read,
                DRAFT + "prov:activate",
                EARLY + "prov:activate");

        private static Activate read(Claims claims) {
            return new Activate(claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Boolean active() {
            return true;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("version", version).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * The account was deactivated. What that means the two parties agree upon; usually no session lives on.
     *
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.4.6">RFC 9967, section 2.4.6</a>
     */
    record Deactivate(@Nullable String version, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/prov-deactivate",
                SCIM + "prov:deactivate",
                Deactivate::read,
                DRAFT + "prov:deactivate",
                EARLY + "prov:deactivate");

        private static Deactivate read(Claims claims) {
            return new Deactivate(claims.optionalText("version"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Boolean active() {
            return false;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written().with("version", version).with(others).json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * How a SCIM request ended that was answered before it was done.
     *
     * @param method HTTP method of the request
     * @param bulkId how the client called the operation of a bulk request
     * @param version ETag of the resource after the event; absent if the transmitter did not say
     * @param location URL of the resource; absent if it was not made
     * @param status HTTP status, as a string
     * @param response body of the response; an error has one
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9967#section-2.5.1.3">RFC 9967, section 2.5.1.3</a>
     */
    record AsyncResp(
            Method method,
            @Nullable String bulkId,
            @Nullable String version,
            @Nullable String location,
            String status,
            Map<String, Object> response,
            Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE = EventType.of(
                "scim/misc-asyncresp",
                SCIM + "misc:asyncresp",
                AsyncResp::read,
                DRAFT + "misc:asyncResp",
                SCIM + "misc:asyncResp",
                EARLY + "misc:asyncResp");

        private static AsyncResp read(Claims claims) {
            AsyncResp event = new AsyncResp(
                    claims.word("method", Method.class),
                    claims.optionalText("bulkId"),
                    claims.optionalText("version"),
                    claims.optionalText("location"),
                    claims.text("status"),
                    claims.optionalObject("response"),
                    claims.others());
            if (event.status.matches("[45].*") && event.response.isEmpty()) {
                throw new MalformedClaimException("response", "is required where the status is one of an error");
            }
            return event;
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("method", method)
                    .with("bulkId", bulkId)
                    .with("version", version)
                    .with("location", location)
                    .with("status", status)
                    .with("response", response)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A way to authenticate was added or changed. A type of early drafts of RFC 9967 only.
     *
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param others claims that this type does not know
     */
    record SigAuthMethod(List<String> attributes, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE =
                EventType.of("scim/sig-authMethod", DRAFT + "sig:authMethod", SigAuthMethod::read);

        private static SigAuthMethod read(Claims claims) {
            return new SigAuthMethod(claims.texts("attributes"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("attributes", attributes)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A password was reset. A type of early drafts of RFC 9967 only.
     *
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param others claims that this type does not know
     */
    record SigPwdReset(List<String> attributes, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE = EventType.of("scim/sig-pwdReset", DRAFT + "sig:pwdReset", SigPwdReset::read);

        private static SigPwdReset read(Claims claims) {
            return new SigPwdReset(claims.texts("attributes"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("attributes", attributes)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A resource was created, by a URI that RFC 8417 has in an example.
     *
     * @param ref URL of the resource
     * @param attributes names of what changed, as paths of SCIM; empty if absent
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.1">RFC 8417, section 2.1</a>
     */
    record ExampleCreate(@Nullable String ref, List<String> attributes, Map<String, Object> others)
            implements ScimEvent {

        static final EventType TYPE =
                EventType.of("scim/example-create", SCIM + "create", ExampleCreate::read, EARLY + "create");

        private static ExampleCreate read(Claims claims) {
            return new ExampleCreate(claims.optionalText("ref"), claims.texts("attributes"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public @Nullable SubjectIdentifier subjectInside() {
            return ref == null ? KnownEvent.subjectAmong(others) : ScimEvent.resource(ref);
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("ref", ref)
                    .with("attributes", attributes)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }

    /**
     * A password was reset, by a URI that RFC 8417 has in an example.
     *
     * @param id id of the resource
     * @param ref URL of the resource
     * @param others claims that this type does not know
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8417#section-2.1">RFC 8417, section 2.1</a>
     */
    record ExamplePasswordReset(
            @Nullable String id, @Nullable String ref, Map<String, Object> others) implements ScimEvent {

        static final EventType TYPE =
                EventType.of("scim/example-password-reset", SCIM + "passwordReset", ExamplePasswordReset::read);

        private static ExamplePasswordReset read(Claims claims) {
            return new ExamplePasswordReset(claims.optionalText("id"), claims.optionalText("ref"), claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public @Nullable SubjectIdentifier subjectInside() {
            return ref != null
                    ? ScimEvent.resource(ref)
                    : id == null ? KnownEvent.subjectAmong(others) : ScimEvent.resource("/Users/" + id);
        }

        @Override
        public Map<String, Object> toJson() {
            return new Claims.Written()
                    .with("id", id)
                    .with("ref", ref)
                    .with(others)
                    .json();
        }

        /** Payloads belong in no log. */
        @Override
        public String toString() {
            return alias();
        }
    }
}
