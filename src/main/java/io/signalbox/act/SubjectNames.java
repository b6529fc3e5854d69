package io.signalbox.act;

import io.signalbox.action.Action;
import io.signalbox.set.SubjectIdentifier;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The name by which a target knows whom an action is about, taken from the subject as the target's options say. The
 * option {@code user-from} lists, the best first, in which form the target keeps names: {@code email}, {@code email-name}
 * (what stands before the @), {@code account} (without {@code acct:}), {@code account-name}, {@code iss_sub}, {@code
 * opaque}, {@code phone_number} or {@code scim} (the id). {@code device-from} does the same for devices.
 */
final class SubjectNames {

    private static final String FORMS = "email,account,iss_sub,opaque,phone_number";

    private SubjectNames() {}

    static @Nullable String user(Action action, Map<String, String> options) {
        return user(action.subject(), options);
    }

    static @Nullable String user(@Nullable SubjectIdentifier subject, Map<String, String> options) {
        return named(subject, "user", options.getOrDefault("user-from", FORMS), options);
    }

    /** A simple subject of an action on a device is the device. */
    static @Nullable String device(Action action, Map<String, String> options) {
        SubjectIdentifier subject = action.subject();
        String forms = options.getOrDefault("device-from", "opaque,iss_sub");
        String device = named(subject, "device", forms, options);
        return device == null
                        && subject != null
                        && subject.principal("device").isEmpty()
                        && action.kind().startsWith("device.")
                        && subject.principals().size() == 1
                ? named(subject, "user", forms, options)
                : device;
    }

    static @Nullable String session(Action action) {
        return Optional.ofNullable(action.subject())
                .flatMap(subject -> subject.principal("session"))
                .map(session -> session.text("id"))
                .orElse(null);
    }

    /** The first address that the subject, or a member of it, names. */
    static @Nullable String address(Action action) {
        SubjectIdentifier subject = action.subject();
        if (subject == null) {
            return null;
        }
        return subject.principals().values().stream()
                .flatMap(each -> each.identifiers().stream())
                .filter(each -> each.format().equals("ip-addresses"))
                .map(each -> each.members().get("ip-addresses"))
                .filter(Collection.class::isInstance)
                .flatMap(addresses -> ((Collection<?>) addresses).stream())
                .filter(String.class::isInstance)
                .map(String.class::cast)
                // What is no address would be a rule for something else at a firewall.
                .filter(text -> text.matches("[0-9a-fA-F:.]{2,45}"))
                .findFirst()
                .orElse(null);
    }

    /** How people read it: a pseudonym, unless the target's option {@code subject} is {@code raw}. */
    static String shown(Action action, Map<String, String> options) {
        SubjectIdentifier subject = action.subject();
        if (subject == null) {
            return "nobody";
        }
        if (!"raw".equals(options.get("subject"))) {
            return subject.key();
        }
        String user = user(action, Map.of());
        String device = user == null ? device(action, Map.of()) : null;
        String address = user == null && device == null ? address(action) : null;
        return user != null ? user : device != null ? device : address != null ? address : subject.key();
    }

    private static @Nullable String named(
            @Nullable SubjectIdentifier subject, String principal, String forms, Map<String, String> options) {
        List<SubjectIdentifier> identifiers = Optional.ofNullable(subject)
                .flatMap(whole -> whole.principal(principal))
                .map(SubjectIdentifier::identifiers)
                .orElse(List.of());
        for (String form : forms.split(",")) {
            Set<String> found = new LinkedHashSet<>();
            for (SubjectIdentifier each : identifiers) {
                String name = in(form.strip(), each, options);
                if (name != null && !name.isBlank()) {
                    found.add(name);
                }
            }
            // Two names of one form cannot both be right, and there is nobody to ask which is.
            if (found.size() == 1) {
                return found.iterator().next();
            }
        }
        return null;
    }

    private static @Nullable String in(String form, SubjectIdentifier name, Map<String, String> options) {
        if (!name.format().equals(form.replace("-name", ""))) {
            return null;
        }
        return switch (form) {
            case "email" -> name.text("email");
            case "email-name" -> local(name.text("email"));
            case "account" -> account(name.text("uri"));
            case "account-name" -> local(account(name.text("uri")));
            case "iss_sub" -> issuer(name, options) ? name.text("sub") : null;
            case "opaque" -> name.text("id");
            case "phone_number" -> name.text("phone_number");
            case "scim" -> name.text("uri") == null ? name.text("id") : last(String.valueOf(name.text("uri")));
            default -> null;
        };
    }

    /** Two issuers may give the same {@code sub} to different people; the option says whose the target keeps. */
    private static boolean issuer(SubjectIdentifier name, Map<String, String> options) {
        String issuer = options.getOrDefault("issuer", "");
        return issuer.isEmpty() || issuer.equals(name.text("iss"));
    }

    private static @Nullable String account(@Nullable String uri) {
        return uri != null && uri.regionMatches(true, 0, "acct:", 0, 5) ? uri.substring(5) : null;
    }

    private static @Nullable String local(@Nullable String address) {
        int at = address == null ? -1 : address.lastIndexOf('@');
        return address == null || at < 1 ? null : address.substring(0, at);
    }

    private static String last(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }
}
