package io.signalbox.api;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may administer this node.
 *
 * @param tokenFile file that holds the operator's static token, one line. Default: the environment variable
 *     {@code SIGNALBOX_ADMIN_TOKEN}; without it the first start makes a token and keeps it in the file
 *     {@code admin-token} in the data directory. Whoever shows it may do everything, under the name {@code operator}
 * @param tokens further people and programs, each with a token of its own and a role
 */
@ConfigurationProperties("signalbox.admin")
record AdminProperties(
        @Nullable Path tokenFile, @DefaultValue List<Person> tokens) {

    AdminProperties {
        tokens = List.copyOf(tokens);
        Set<String> names = new HashSet<>(Set.of(AdminToken.OPERATOR));
        for (int place = 0; place < tokens.size(); place++) {
            Person person = tokens.get(place);
            String key = "signalbox.admin.tokens[" + place + "].";
            if (person.name() == null || !person.name().matches("[\\p{Alnum}._@-]{1,64}")) {
                throw new IllegalArgumentException(
                        key + "name: must be given, in 1 to 64 letters, digits and any of . _ @ -");
            }
            if (!names.add(person.name())) {
                throw new IllegalArgumentException(key + "name: " + person.name() + " is somebody else already");
            }
            if (person.role() == null) {
                throw new IllegalArgumentException(key + "role: must be one of viewer, operator, policy-admin, admin");
            }
            if ((person.tokenFile() == null) == (person.tokenEnv() == null)) {
                throw new IllegalArgumentException(key + "token-file: give either this or token-env");
            }
        }
    }

    /**
     * Somebody with a token of their own.
     *
     * @param name under which what they do is recorded
     * @param role {@code viewer} reads; {@code operator} also approves, undoes, stops and sends again;
     *     {@code policy-admin} reads and publishes policy; {@code admin} may do everything
     * @param tokenFile file that holds the token, one line
     * @param tokenEnv name of the environment variable that holds the token
     */
    record Person(
            @Nullable String name,
            @Nullable Role role,
            @Nullable Path tokenFile,
            @Nullable String tokenEnv) {}
}
