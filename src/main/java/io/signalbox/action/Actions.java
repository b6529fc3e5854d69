package io.signalbox.action;

import java.util.Map;

/**
 * The words a rule may say: the one global of every rule. Each call asks for one action about the subject of the event
 * at hand; which target carries it out is configuration. The name of the rule is kept with each action as its reason.
 * What a call returns takes more words: {@code actions.disableAccount().lasting("4 hours").because("…")}.
 */
public interface Actions {

    /** How bad the signal is. Said more than once, the highest holds. */
    void severity(Severity severity);

    /** {@code session.revoke}: end all sessions, or the one session that the subject names. */
    Asked revokeSessions();

    /** {@code session.step-up}: ask for a stronger login before the session goes on. */
    Asked requireStepUp();

    /** {@code account.disable}: nobody can log in with the account until it is enabled again. */
    Asked disableAccount();

    /** {@code account.enable}: takes a disabling back. */
    Asked enableAccount();

    /** {@code account.lock}: shut for a while, as after too many failed logins; what it owns goes on. */
    Asked lockAccount();

    /** {@code credential.reset}: the user must choose a new password at the next login. */
    Asked resetCredential();

    /** {@code credential.revoke}: the credential that the event is about is worth nothing any more. */
    Asked revokeCredential();

    /** {@code token.revoke}: refresh and access tokens that were given out are worth nothing any more. */
    Asked revokeTokens();

    /**
     * {@code group.remove}: takes the subject out of a group, and with it what the group may do.
     *
     * @param group its name at the target
     */
    Asked removeFromGroup(String group);

    /**
     * {@code group.add}: puts the subject into a group, such as one that has to log in with a second factor.
     *
     * @param group its name at the target
     */
    Asked addToGroup(String group);

    /** {@code device.quarantine}: cut the device off from everything but its repair. */
    Asked quarantineDevice();

    /** {@code device.release}: takes a quarantine back. */
    Asked releaseDevice();

    /** {@code vpn.disconnect}: end the subject's VPN connections. */
    Asked disconnectVpn();

    /** {@code network.block}: nothing from the subject's device or address is let through. */
    Asked blockNetwork();

    /** {@code network.unblock}: takes a block back. */
    Asked unblockNetwork();

    /**
     * {@code ticket.open}: somebody must look at it.
     *
     * @param title one line for the queue; no personal data
     */
    Asked openTicket(String title);

    /**
     * {@code ticket.note}: worth telling, nothing to do.
     *
     * @param text one line; no personal data
     */
    Asked note(String text);

    /**
     * {@code ticket.close}: what the ticket was about is settled.
     *
     * @param text one line, why; no personal data
     */
    Asked closeTicket(String text);

    /**
     * {@code notify}: tell people, by the channel that the target stands for.
     *
     * @param text what they read; no personal data
     */
    Asked notifyPeople(String text);

    /** {@code siem.record}: the signal and its severity go to the SIEM. */
    Asked recordInSiem();

    /** {@code signal.relay}: pass the signal on to the receivers that subscribed to its type and subject with us. */
    Asked relay();

    /**
     * Any other action, so that a new kind needs no Java.
     *
     * @param kind a dotted noun that some target lists in its {@code actions}
     * @param parameters handed to the connector as they are
     */
    Asked request(String kind, Map<String, String> parameters);
}
