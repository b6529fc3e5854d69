package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.action.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kie.api.event.rule.BeforeMatchFiredEvent;
import org.kie.api.event.rule.DefaultAgendaEventListener;

/** What the rules asked for about one event, and which rule asked. Hears from the engine which rule is at work. */
final class ActionRequests extends DefaultAgendaEventListener implements Actions {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    /** One call on {@code actions}. */
    record Request(
            String rule,
            String kind,
            Map<String, String> parameters,
            @Nullable String sentence,
            @Nullable Duration lasts,
            boolean shadow) {}

    private final Set<String> rules = new LinkedHashSet<>();
    private final Set<Request> requests = new LinkedHashSet<>();
    private Severity severity = Severity.INFO;
    private String rule = "";

    @Override
    public void beforeMatchFired(BeforeMatchFiredEvent event) {
        rule = event.getMatch().getRule().getName();
        rules.add(rule);
    }

    /** The rule at work, or the last that was; empty before any fired. */
    String rule() {
        return rule;
    }

    /** Rules that fired. */
    Set<String> rules() {
        return rules;
    }

    /** A rule that fits in two ways asks twice for the same; that is one request. */
    List<Request> requests() {
        return new ArrayList<>(requests);
    }

    Severity severity() {
        return severity;
    }

    @Override
    public void severity(Severity asked) {
        if (asked.compareTo(severity) > 0) {
            severity = asked;
        }
    }

    @Override
    public void revokeSessions() {
        ask("session.revoke");
    }

    @Override
    public void requireStepUp() {
        ask("session.step-up");
    }

    @Override
    public void disableAccount() {
        ask("account.disable");
    }

    @Override
    public void enableAccount() {
        ask("account.enable");
    }

    @Override
    public void quarantineDevice() {
        ask("device.quarantine");
    }

    @Override
    public void disconnectVpn() {
        ask("vpn.disconnect");
    }

    @Override
    public void openTicket(String title) {
        request("ticket.open", Map.of("title", title));
    }

    @Override
    public void note(String text) {
        request("ticket.note", Map.of("text", text));
    }

    @Override
    public void recordInSiem() {
        ask("siem.record");
    }

    private void ask(String kind) {
        request(kind, Map.of());
    }

    @Override
    public void request(@Nullable String kind, Map<String, String> parameters) {
        if (kind == null || !KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("a kind of action is a dotted noun such as account.disable");
        }
        requests.add(new Request(rule, kind, Map.copyOf(new TreeMap<>(parameters)), null, null, false));
    }
}
