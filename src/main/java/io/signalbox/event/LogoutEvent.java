package io.signalbox.event;

import java.util.Map;

/**
 * The event in a logout token. Whom it is about stands in the token, as {@code sub} and {@code sid}: see
 * {@link io.signalbox.set.SubjectIdentifier#ofLogout}.
 *
 * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html">OpenID Connect Back-Channel Logout 1.0</a>
 */
public sealed interface LogoutEvent extends KnownEvent {

    /**
     * The OpenID provider ended the session that {@code sid} names, or all of the user's sessions.
     *
     * @param others claims that this type does not know
     * @see <a href="https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken">OpenID Connect Back-Channel Logout 1.0, section 2.4</a>
     */
    record BackchannelLogout(Map<String, Object> others) implements LogoutEvent {

        static final EventType TYPE = EventType.of(
                "oidc/backchannel-logout",
                "http://schemas.openid.net/event/backchannel-logout",
                BackchannelLogout::read);

        private static BackchannelLogout read(Claims claims) {
            return new BackchannelLogout(claims.others());
        }

        @Override
        public EventType type() {
            return TYPE;
        }

        @Override
        public Aspect states() {
            return Posture.sessions("revoked");
        }

        /** Ended is ended, whatever came of other sessions since. */
        @Override
        public boolean perishes() {
            return false;
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
}
