package io.signalbox.action;

import java.util.Map;

/**
 * The words a rule may say: the one global of every rule. Each call asks for one action about the subject of the event
 * at hand; which target carries it out is configuration. The name of the rule is kept with each action as its reason.
 */
public interface Actions {

    /** How bad the signal is. Said more than once, the highest holds. */
    void severity(Severity severity);

    /** {@code session.revoke}: end all sessions, or the one session that the subject names. */
    void revokeSessions();

    /** {@code session.step-up}: ask for a stronger login before the session goes on. */
    void requireStepUp();

    /** {@code account.disable}: nobody can log in with the account until it is enabled again. */
    void disableAccount();

    /** {@code account.enable}: takes a disabling back. */
    void enableAccount();

    /** {@code device.quarantine}: cut the device off from everything but its repair. */
    void quarantineDevice();

    /** {@code vpn.disconnect}: end the subject's VPN connections. */
    void disconnectVpn();

    /**
     * {@code ticket.open}: somebody must look at it.
     *
     * @param title one line for the queue; no personal data
     */
    void openTicket(String title);

    /**
     * {@code ticket.note}: worth telling, nothing to do.
     *
     * @param text one line; no personal data
     */
    void note(String text);

    /** {@code siem.record}: the signal and its severity go to the SIEM. */
    void recordInSiem();

    /**
     * Any other action, so that a new kind needs no Java.
     *
     * @param kind a dotted noun that some target lists in its {@code actions}
     * @param parameters handed to the connector as they are
     */
    void request(String kind, Map<String, String> parameters);
}
