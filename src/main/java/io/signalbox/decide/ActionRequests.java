package io.signalbox.decide;

import io.signalbox.action.Actions;
import io.signalbox.action.Asked;
import io.signalbox.action.Severity;
import io.signalbox.event.Posture;
import io.signalbox.event.SecurityEvent;
import io.signalbox.event.SpokenDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

    static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)*");

    /**
     * One call on {@code actions}.
     *
     * @param at the one target that is to do it; absent if each that does the kind is
     */
    record Request(
            String rule,
            String kind,
            Map<String, String> parameters,
            @Nullable String sentence,
            @Nullable Duration lasts,
            boolean shadow,
            @Nullable String at) {}

    private final Set<String> shadowed;
    private final SecurityEvent event;
    private final Posture posture;
    private final Set<String> rules = new LinkedHashSet<>();
    private final List<Call> calls = new ArrayList<>();
    private Severity severity = Severity.INFO;
    private String rule = "";

    /** @param shadowed rules that are heard, and change nothing */
    ActionRequests(Set<String> shadowed, SecurityEvent event, Posture posture) {
        this.shadowed = shadowed;
        this.event = event;
        this.posture = posture;
    }

    /** A call while the rule goes on to say more of it. */
    private final class Call implements Asked {

        private final String by;
        private final String kind;
        private final Map<String, String> parameters;
        private @Nullable String sentence;
        private @Nullable Duration lasts;
        private @Nullable String target;

        Call(String by, String kind, Map<String, String> parameters) {
            this.by = by;
            this.kind = kind;
            this.parameters = parameters;
        }

        @Override
        public Asked lasting(String time) {
            lasts = SpokenDuration.parse(time)
                    .orElseThrow(() -> new IllegalArgumentException("a time is " + SpokenDuration.FORM));
            return this;
        }

        @Override
        public Asked because(String reason) {
            sentence = Sentence.fill(reason, event, posture);
            return this;
        }

        @Override
        public Asked at(String name) {
            target = name;
            return this;
        }

        Request request() {
            return new Request(by, kind, parameters, sentence, lasts, shadowed.contains(by), target);
        }
    }

    @Override
    public void beforeMatchFired(BeforeMatchFiredEvent match) {
        rule = match.getMatch().getRule().getName();
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
        Map<List<@Nullable Object>, Request> requests = new LinkedHashMap<>();
        for (Call call : calls) {
            Request request = call.request();
            List<@Nullable Object> same = new ArrayList<>();
            same.add(request.rule());
            same.add(request.kind());
            same.add(request.parameters());
            same.add(request.at());
            requests.putIfAbsent(same, request);
        }
        return new ArrayList<>(requests.values());
    }

    Severity severity() {
        return severity;
    }

    @Override
    public void severity(Severity asked) {
        if (asked.compareTo(severity) > 0 && !shadowed.contains(rule)) {
            severity = asked;
        }
    }

    @Override
    public Asked revokeSessions() {
        return ask("session.revoke");
    }

    @Override
    public Asked requireStepUp() {
        return ask("session.step-up");
    }

    @Override
    public Asked disableAccount() {
        return ask("account.disable");
    }

    @Override
    public Asked enableAccount() {
        return ask("account.enable");
    }

    @Override
    public Asked lockAccount() {
        return ask("account.lock");
    }

    @Override
    public Asked resetCredential() {
        return ask("credential.reset");
    }

    @Override
    public Asked revokeCredential() {
        return ask("credential.revoke");
    }

    @Override
    public Asked revokeTokens() {
        return ask("token.revoke");
    }

    @Override
    public Asked removeFromGroup(String group) {
        return request("group.remove", Map.of("group", group));
    }

    @Override
    public Asked addToGroup(String group) {
        return request("group.add", Map.of("group", group));
    }

    @Override
    public Asked quarantineDevice() {
        return ask("device.quarantine");
    }

    @Override
    public Asked releaseDevice() {
        return ask("device.release");
    }

    @Override
    public Asked disconnectVpn() {
        return ask("vpn.disconnect");
    }

    @Override
    public Asked blockNetwork() {
        return ask("network.block");
    }

    @Override
    public Asked unblockNetwork() {
        return ask("network.unblock");
    }

    @Override
    public Asked openTicket(String title) {
        return request("ticket.open", Map.of("title", title));
    }

    @Override
    public Asked note(String text) {
        return request("ticket.note", Map.of("text", text));
    }

    @Override
    public Asked closeTicket(String text) {
        return request("ticket.close", Map.of("text", text));
    }

    @Override
    public Asked notifyPeople(String text) {
        return request("notify", Map.of("text", text));
    }

    @Override
    public Asked recordInSiem() {
        return ask("siem.record");
    }

    @Override
    public Asked relay() {
        return ask("signal.relay");
    }

    private Asked ask(String kind) {
        return request(kind, Map.of());
    }

    @Override
    public Asked request(@Nullable String kind, Map<String, String> parameters) {
        if (kind == null || !KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("a kind of action is a dotted noun such as account.disable");
        }
        Call call = new Call(rule, kind, Map.copyOf(new TreeMap<>(parameters)));
        calls.add(call);
        return call;
    }
}
