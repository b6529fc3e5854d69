package io.signalbox.act.scim;

import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.wire.Wire;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is changed for one action, and where.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2">RFC 7644, section 3.5.2, PATCH</a>
 */
final class ScimChange {

    static final String MESSAGES = "urn:ietf:params:scim:api:messages:2.0:";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_LENGTH = 32;

    /** One of each of these is in every password: rules that ask for less are met too. */
    private static final List<String> SIGNS =
            List.of("abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.+!");

    private ScimChange() {}

    /** Whether it changes a group, of which the user is only a member: User.groups is read-only (RFC 7643, 4.1.2). */
    static boolean isOfGroup(Action action) {
        return action.kind().startsWith("group.");
    }

    /** What is missing before it can be asked for; absent if nothing is. */
    static @Nullable Outcome missing(Action action, Map<String, String> options) {
        return isOfGroup(action) && options.getOrDefault("group", "").isBlank()
                ? new Outcome.Refused("The option group of the target is empty")
                : null;
    }

    /** The PATCH. */
    static String body(Action action, Map<String, String> options, String userId) {
        return Wire.write(Map.of(
                "schemas", List.of(MESSAGES + "PatchOp"), "Operations", List.of(operation(action, options, userId))));
    }

    private static Map<String, Object> operation(Action action, Map<String, String> options, String userId) {
        Map<String, Object> operation = new LinkedHashMap<>();
        switch (action.kind()) {
            case "group.add" -> {
                operation.put("op", "add");
                operation.put("path", "members");
                operation.put("value", List.of(Map.of("value", userId)));
            }
            case "group.remove" -> {
                operation.put("op", "remove");
                // Some services know no filter in a path, and take the members to remove as a value instead.
                if (options.getOrDefault("member-removal", "path").equals("value")) {
                    operation.put("path", "members");
                    operation.put("value", List.of(Map.of("value", userId)));
                } else {
                    operation.put("path", "members[value eq " + Wire.write(userId) + "]");
                }
            }
            case "credential.reset" -> {
                String flag = options.getOrDefault("reset-attribute", "");
                operation.put("op", "replace");
                operation.put("path", flag.isBlank() ? "password" : flag);
                operation.put("value", flag.isBlank() ? password() : true);
            }
            default -> {
                operation.put("op", "replace");
                operation.put("path", "active");
                // A boolean, since "False" as a string is refused by services that check.
                operation.put("value", wanted(action));
            }
        }
        return operation;
    }

    static boolean wanted(Action action) {
        return action.kind().equals("account.enable");
    }

    /** Nobody is told it, so nobody logs in with it: the user has to recover the account. */
    private static String password() {
        StringBuilder password = new StringBuilder();
        String all = String.join("", SIGNS);
        for (String signs : SIGNS) {
            password.append(signs.charAt(RANDOM.nextInt(signs.length())));
        }
        while (password.length() < PASSWORD_LENGTH) {
            password.append(all.charAt(RANDOM.nextInt(all.length())));
        }
        return password.toString();
    }
}
