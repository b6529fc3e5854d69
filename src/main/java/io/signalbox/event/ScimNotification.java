package io.signalbox.event;

import io.signalbox.event.CaepEvent.CredentialChange;
import io.signalbox.event.ScimEvent.Activate;
import io.signalbox.event.ScimEvent.CreateFull;
import io.signalbox.event.ScimEvent.CreateNotice;
import io.signalbox.event.ScimEvent.Deactivate;
import io.signalbox.event.ScimEvent.Delete;
import io.signalbox.event.ScimEvent.FeedAdd;
import io.signalbox.event.ScimEvent.FeedRemove;
import io.signalbox.event.ScimEvent.PatchFull;
import io.signalbox.event.ScimEvent.PatchNotice;
import io.signalbox.event.SsfEvent.Verification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The notifications of 2015, before there were security event tokens: one schema for all, the kind in a member. Each is
 * read into today's event of the same meaning; there is no record of its own to match.
 */
final class ScimNotification {

    /** The schema stands where other events have the URI of their type. */
    static final EventType TYPE =
            EventType.of("scim/notify", "urn:ietf:params:scim:schemas:notify:2.0:Event", ScimNotification::read);

    private ScimNotification() {}

    private enum Kind implements WireWord {
        ADD,
        REMOVE,
        CREATE,
        MODIFY,
        ACTIVATE,
        DEACTIVATE,
        DELETE,
        PASSWORD,
        CONFIRMATION;

        @Override
        public String word() {
            return name();
        }
    }

    private static EventPayload read(Claims claims) {
        Kind kind = claims.word("type", Kind.class);
        List<String> attributes = claims.texts("attributes");
        Map<String, Object> values = claims.optionalObject("values");
        List<String> resources = claims.texts("resourceUris");
        Map<String, Object> others = new LinkedHashMap<>(claims.others());
        if (!resources.isEmpty()) {
            others.putIfAbsent("subject", ScimEvent.resource(resources.get(0)).toJson());
        }
        return switch (kind) {
            case ADD -> new FeedAdd(null, others);
            case REMOVE -> new FeedRemove(null, others);
            case CREATE ->
                values.isEmpty() ? new CreateNotice(attributes, null, others) : new CreateFull(values, null, others);
            case MODIFY ->
                values.isEmpty() ? new PatchNotice(attributes, null, others) : new PatchFull(values, null, others);
            case ACTIVATE -> new Activate(null, others);
            case DEACTIVATE -> new Deactivate(null, others);
            case DELETE -> new Delete(others);
            // The value was encrypted for somebody; it is of no use here and kept nowhere but in the token.
            case PASSWORD ->
                new CredentialChange("password", ChangeType.UPDATE, null, null, null, null, CaepContext.NONE, others);
            case CONFIRMATION -> new Verification(null, others);
        };
    }
}
