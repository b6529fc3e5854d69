package io.signalbox.act.resolve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How it is found out whom a subject is at each target.
 *
 * @param targets the systems that carry out actions, by name
 * @param resolve what is remembered of what was found, and when those who matched nobody are looked for again
 */
@ConfigurationProperties("signalbox")
record ResolveProperties(
        @DefaultValue Map<String, Target> targets,
        @DefaultValue Resolve resolve) {

    ResolveProperties {
        targets = Map.copyOf(targets);
    }

    /**
     * What this package needs to know of a target.
     *
     * @param resolve the steps that are asked in turn whom a subject is there, until one knows; {@code routes/act/README.md}
     *     lists them. Default none: the target's connector is handed the subject as it came
     * @param protect those from whom nothing is taken there, by whom they are there: a {@code list} with its entries, the
     *     members of a {@code scim} group, or whoever an {@code ldap} filter finds. Default none
     */
    record Target(
            @DefaultValue List<LookUp> resolve,
            @DefaultValue List<LookUp> protect) {

        Target {
            resolve = List.copyOf(resolve);
            protect = List.copyOf(protect);
        }
    }

    /**
     * One step.
     *
     * @param by what it is: {@code table}, {@code scim}, {@code ldap}, {@code template} or {@code subject}; of those who
     *     are protected {@code list}, {@code scim} or {@code ldap}
     * @param file the table, CSV or YAML; read again when it changes
     * @param entries a table in the configuration: lines such as {@code email:alice@acme.example = a-1}; of a list, whom
     *     they are at the target, where a star stands for any characters
     * @param url the directory; of a SCIM service, default the target's own
     * @param tokenFile file that holds the bearer token for a SCIM service at a URL of its own
     * @param tokenEnv name of the environment variable that holds it
     * @param base DN below which an LDAP directory is searched
     * @param bindDn DN with which to log in to an LDAP directory; default nobody
     * @param passwordFile file that holds its password
     * @param passwordEnv name of the environment variable that holds its password
     * @param filter LDAP filter with placeholders, such as {@code (mail={email})}; of those who are protected without
     * @param group of a SCIM service, by its {@code displayName}: its members are protected
     * @param attribute what of the entry found is the identity; of SCIM default {@code id}, of LDAP default {@code uid}
     * @param template the identity with placeholders, such as {@code {email.local}}
     * @param options of SCIM: which attribute holds what kind of identifier, as for the connector {@code scim}
     */
    record LookUp(
            @DefaultValue("") String by,
            @Nullable Path file,
            @DefaultValue List<String> entries,
            @Nullable String url,
            @Nullable Path tokenFile,
            @Nullable String tokenEnv,
            @Nullable String base,
            @Nullable String bindDn,
            @Nullable Path passwordFile,
            @Nullable String passwordEnv,
            @Nullable String filter,
            @Nullable String group,
            @Nullable String attribute,
            @Nullable String template,
            @DefaultValue Map<String, String> options) {

        LookUp {
            entries = List.copyOf(entries);
            options = Map.copyOf(options);
        }
    }

    /**
     * What is remembered, and for how long.
     *
     * @param cache how long it is remembered whom a subject is, and who is protected; default 10m
     * @param negativeCache how long it is remembered that nobody is; default 1m. An action that was tried before looks anew
     * @param cacheSize subjects remembered for each target, 1 to 1000000; default 10000
     * @param lookAgain pause before a subject who matched nobody is looked for again, doubled each time; default 5m
     * @param longestLookAgain the longest such pause; default 6h
     */
    record Resolve(
            @DefaultValue("10m") Duration cache,
            @DefaultValue("1m") Duration negativeCache,
            @DefaultValue("10000") int cacheSize,
            @DefaultValue("5m") Duration lookAgain,
            @DefaultValue("6h") Duration longestLookAgain) {

        Resolve {
            notNegative("cache", cache);
            notNegative("negative-cache", negativeCache);
            if (cacheSize < 1 || cacheSize > 1_000_000) {
                throw new IllegalArgumentException("signalbox.resolve.cache-size: must be between 1 and 1000000");
            }
            if (lookAgain.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("signalbox.resolve.look-again: must be at least 1s");
            }
            if (longestLookAgain.compareTo(lookAgain) < 0) {
                throw new IllegalArgumentException("signalbox.resolve.longest-look-again: must not be shorter than"
                        + " signalbox.resolve.look-again");
            }
        }

        private static void notNegative(String name, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("signalbox.resolve." + name + ": must not be negative");
            }
        }
    }
}
