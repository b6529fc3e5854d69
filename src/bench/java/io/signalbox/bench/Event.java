package io.signalbox.bench;

/** What the signals of a run say. They differ in how many actions the shipped policy asks of a target that does all. */
enum Event {
    /** A user logged out: it is recorded, no more. */
    LOGOUT("session-revoked", "\"initiating_entity\":\"user\"", 1),
    /** An administrator ended sessions. */
    SESSION("session-revoked", "\"initiating_entity\":\"admin\"", 2),
    /** A user's risk became high. */
    RISK("risk-level-change", "\"principal\":\"USER\",\"current_level\":\"HIGH\",\"previous_level\":\"LOW\"", 4);

    private final String type;
    private final String claims;
    private final int actions;

    Event(String type, String claims, int actions) {
        this.type = type;
        this.claims = claims;
        this.actions = actions;
    }

    int actions() {
        return actions;
    }

    String json(long now) {
        return "\"https://schemas.openid.net/secevent/caep/event-type/" + type + "\":{\"event_timestamp\":" + now + ","
                + claims + "}";
    }
}
