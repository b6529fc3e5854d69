package io.signalbox.act.syslog;

import io.signalbox.action.Action;
import io.signalbox.action.Severity;
import io.signalbox.wire.Wire;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes what a SIEM reads in the message of a record: CEF, LEEF or OCSF.
 *
 * @see <a href="https://schema.ocsf.io/1.8.0/">OCSF 1.8.0</a>
 */
final class SiemFormat {

    private static final String NAME = "Signalbox";
    private static final String OCSF = "1.8.0";
    private static final int LONGEST_VALUE = 512;

    /** OCSF class and activity of an event; what is not listed is a base event, which claims nothing. */
    private record Meaning(int type, int activity) {}

    private static final int ACCOUNT_CHANGE = 3001;
    private static final int AUTHENTICATION = 3002;
    private static final int ENTITY = 3004;
    private static final int GROUP = 3006;
    private static final int FINDING = 2004;
    private static final int DEVICE_STATE = 5019;
    private static final int OTHER = 99;

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            Map.entry("risc/account-disabled", new Meaning(ACCOUNT_CHANGE, 5)),
            Map.entry("scim/prov-deactivate", new Meaning(ACCOUNT_CHANGE, 5)),
            Map.entry("risc/account-enabled", new Meaning(ACCOUNT_CHANGE, 2)),
            Map.entry("scim/prov-activate", new Meaning(ACCOUNT_CHANGE, 2)),
            Map.entry("risc/account-purged", new Meaning(ACCOUNT_CHANGE, 6)),
            Map.entry("scim/prov-delete", new Meaning(ACCOUNT_CHANGE, 6)),
            Map.entry("scim/prov-create-full", new Meaning(ACCOUNT_CHANGE, 1)),
            Map.entry("scim/prov-create-notice", new Meaning(ACCOUNT_CHANGE, 1)),
            Map.entry("scim/example-password-reset", new Meaning(ACCOUNT_CHANGE, 4)),
            Map.entry("caep/credential-change", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("risc/account-credential-change-required", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("risc/identifier-changed", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("risc/identifier-recycled", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("risc/recovery-activated", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("risc/recovery-information-changed", new Meaning(ACCOUNT_CHANGE, OTHER)),
            Map.entry("caep/session-revoked", new Meaning(AUTHENTICATION, 2)),
            Map.entry("risc/sessions-revoked", new Meaning(AUTHENTICATION, 2)),
            Map.entry("oidc/backchannel-logout", new Meaning(AUTHENTICATION, 2)),
            Map.entry("caep/session-established", new Meaning(AUTHENTICATION, 1)),
            Map.entry("caep/session-presented", new Meaning(AUTHENTICATION, OTHER)),
            Map.entry("caep/assurance-level-change", new Meaning(AUTHENTICATION, OTHER)),
            Map.entry("caep/token-claims-change", new Meaning(ENTITY, 3)),
            Map.entry("scim/feed-add", new Meaning(GROUP, 3)),
            Map.entry("scim/feed-remove", new Meaning(GROUP, 4)),
            Map.entry("caep/risk-level-change", new Meaning(FINDING, 2)),
            Map.entry("risc/credential-compromise", new Meaning(FINDING, 1)),
            Map.entry("caep/device-compliance-change", new Meaning(DEVICE_STATE, 1)));

    private SiemFormat() {}

    /** @param who the subject as the target's options have it shown */
    static String write(String format, Action action, String who, Instant at) {
        return switch (format) {
            case "cef" -> cef(action, who, at);
            case "leef" -> leef(action, who, at);
            case "ocsf" -> ocsf(action, who, at);
            default -> throw new IllegalArgumentException("The option format must be structured, cef, leef or ocsf");
        };
    }

    private static String cef(Action action, String who, Instant at) {
        Map<String, String> extension = new LinkedHashMap<>();
        extension.put("rt", String.valueOf(at.toEpochMilli()));
        extension.put("externalId", action.id());
        extension.put("cat", action.event().replaceFirst("/.*", ""));
        extension.put("duid", who);
        extension.put("reason", why(action));
        extension.put("cs1", action.eventUri());
        extension.put("cs1Label", "eventUri");
        extension.put("cs2", action.signalId());
        extension.put("cs2Label", "signal");
        extension.put("cs3", action.because().policyVersion());
        extension.put("cs3Label", "policy");
        return "CEF:0|" + NAME + "|" + NAME + "|1|" + cefHeader(action.event().replace('/', '.')) + "|"
                + cefHeader(SyslogRecord.readable(action.event())) + "|" + cefNumber(action.severity()) + "|"
                + extension.entrySet().stream()
                        .map(entry -> entry.getKey() + "="
                                + cut(entry.getValue()).replace("\\", "\\\\").replace("=", "\\="))
                        .collect(Collectors.joining(" "));
    }

    private static String cefHeader(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|");
    }

    /** 0 to 3 is low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high. */
    private static int cefNumber(Severity severity) {
        return switch (severity) {
            case INFO -> 1;
            case LOW -> 3;
            case MEDIUM -> 5;
            case HIGH -> 8;
            case CRITICAL -> 10;
        };
    }

    private static String leef(Action action, String who, Instant at) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("devTime", String.valueOf(at.toEpochMilli()));
        attributes.put("cat", action.event().replaceFirst("/.*", ""));
        attributes.put("sev", String.valueOf(cefNumber(action.severity())));
        attributes.put("usrName", who);
        attributes.put("policy", action.because().policyVersion());
        attributes.put("reason", why(action));
        attributes.put("eventUri", action.eventUri());
        attributes.put("signal", action.signalId());
        attributes.put("action", action.id());
        return "LEEF:2.0|" + NAME + "|" + NAME + "|1|"
                + SyslogRecord.readable(action.event().replace('/', '.')).replace('|', ' ') + "|x09|"
                + attributes.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + cut(entry.getValue()))
                        .collect(Collectors.joining("\t"));
    }

    private static String ocsf(Action action, String who, Instant at) {
        Meaning meaning = MEANINGS.getOrDefault(action.event(), new Meaning(0, OTHER));
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("activity_id", meaning.activity());
        event.put("category_uid", meaning.type() / 1000);
        event.put("class_uid", meaning.type());
        event.put("type_uid", meaning.type() * 100L + meaning.activity());
        event.put("time", at.toEpochMilli());
        event.put("severity_id", severityId(action.severity()));
        event.put(
                "metadata",
                Map.of(
                        "version",
                        OCSF,
                        "uid",
                        action.id(),
                        "correlation_uid",
                        action.signalId(),
                        "product",
                        Map.of("name", NAME, "vendor_name", NAME)));
        event.put("message", cut(action.event() + ": " + why(action)));
        Map<String, Object> user = Map.of("uid", cut(who));
        switch (meaning.type()) {
            case ACCOUNT_CHANGE -> event.put("user", user);
            case AUTHENTICATION -> {
                event.put("user", user);
                event.put("service", Map.of("name", NAME));
            }
            case ENTITY -> event.put("entity", Map.of("uid", cut(who), "type", "User"));
            case GROUP -> {
                event.put("user", user);
                event.put("group", Map.of("name", "event stream"));
            }
            case FINDING ->
                event.put(
                        "finding_info",
                        Map.of("uid", action.signalId(), "title", cut(action.event()), "types", new String[] {"identity"
                        }));
            case DEVICE_STATE -> event.put("device", Map.of("type_id", 0, "uid", cut(who)));
            default -> event.put("status_detail", "No class of OCSF " + OCSF + " says what this event says");
        }
        event.put(
                "unmapped",
                Map.of(
                        "event",
                        action.event(),
                        "event_uri",
                        cut(action.eventUri()),
                        "rule",
                        cut(action.because().rule()),
                        "policy",
                        cut(action.because().policyVersion())));
        return Wire.write(event);
    }

    private static int severityId(Severity severity) {
        return switch (severity) {
            case INFO -> 1;
            case LOW -> 2;
            case MEDIUM -> 3;
            case HIGH -> 4;
            case CRITICAL -> 5;
        };
    }

    private static String why(Action action) {
        String sentence = action.because().sentence();
        return sentence == null ? action.because().rule() : sentence;
    }

    /** E-44, and short enough that the record is taken whole. */
    private static String cut(String value) {
        String readable = SyslogRecord.readable(value);
        return readable.codePointCount(0, readable.length()) <= LONGEST_VALUE
                ? readable
                : readable.substring(0, readable.offsetByCodePoints(0, LONGEST_VALUE));
    }
}
