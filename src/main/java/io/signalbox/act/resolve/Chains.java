package io.signalbox.act.resolve;

import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.scim.ScimUsers;
import io.signalbox.http.GuardedHttp;
import io.signalbox.http.GuardedSockets;
import io.signalbox.set.SubjectIdentifier;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Makes each target's chain of what is configured; what does not fit stops the start with the key in the message. */
final class Chains {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final ConfiguredTargets targets;
    private final GuardedHttp http;
    private final GuardedSockets sockets;
    private final Environment environment;

    Chains(ConfiguredTargets targets, GuardedHttp http, GuardedSockets sockets, Environment environment) {
        this.targets = targets;
        this.http = http;
        this.sockets = sockets;
        this.environment = environment;
    }

    /** Target to chain; one that is handed subjects as they come is not in it. */
    Map<String, Chain> of(ResolveProperties properties) {
        Map<String, Chain> chains = new TreeMap<>();
        properties.targets().forEach((target, configured) -> {
            List<Question> questions = new ArrayList<>();
            for (int i = 0; i < configured.resolve().size(); i++) {
                String key = "signalbox.targets." + target + ".resolve[" + i + "]";
                questions.add(question(target, key, configured.resolve().get(i)));
            }
            if (!questions.isEmpty()) {
                chains.put(target, new Chain(questions));
            }
        });
        return chains;
    }

    /** Target to a chain that asks its own service, where nothing is configured and its connector would do the same. */
    Map<String, Chain> ofConnectors(Set<String> configured) {
        Map<String, Chain> chains = new TreeMap<>();
        for (String target : targets.names()) {
            if (!configured.contains(target) && targets.kind(target).equals("scim")) {
                Map<String, String> options = targets.options(target);
                Question asked =
                        new ScimQuestion(http, targets.url(target), () -> targets.authorization(target), options, "id");
                chains.put(target, new Chain(List.of(new IdFirst(asked, options))));
            }
        }
        return chains;
    }

    /**
     * Target to the places that name who is protected there.
     *
     * @param told targets of which it is known whom a subject is there
     */
    Map<String, List<Roll>> rolls(ResolveProperties properties, Set<String> told) {
        Map<String, List<Roll>> rolls = new TreeMap<>();
        properties.targets().forEach((target, configured) -> {
            List<Roll> named = new ArrayList<>();
            for (int i = 0; i < configured.protect().size(); i++) {
                String key = "signalbox.targets." + target + ".protect[" + i + "]";
                ResolveProperties.LookUp step = configured.protect().get(i);
                boolean handedOn =
                        configured.resolve().stream().anyMatch(each -> each.by().equals("subject"));
                if (!step.by().equals("list") && (handedOn || !told.contains(target))) {
                    throw new IllegalArgumentException(key + ": needs signalbox.targets." + target
                            + ".resolve" + (handedOn ? " without a step subject" : "")
                            + ", or nobody would know whom a subject is there");
                }
                named.add(roll(target, key, step));
            }
            rolls.put(target, List.copyOf(named));
        });
        return rolls;
    }

    private Roll roll(String target, String key, ResolveProperties.LookUp step) {
        return switch (step.by()) {
            case "list" -> ListedRoll.of(key + ".entries", step.entries());
            case "ldap" -> {
                if (step.filter() == null || step.filter().isBlank()) {
                    throw new IllegalArgumentException(key + ".filter: must be given");
                }
                yield new LdapRoll(
                        directory(key, step), step.filter(), step.attribute() == null ? "uid" : step.attribute());
            }
            case "scim" -> {
                if (step.group() == null || step.group().isBlank()) {
                    throw new IllegalArgumentException(key + ".group: must be given");
                }
                String url = step.url();
                if (url == null && targets.url(target).isEmpty()) {
                    throw new IllegalArgumentException(key + ".url: must be given, since the target has none");
                }
                yield url == null
                        ? new ScimRoll(http, targets.url(target), () -> targets.authorization(target), step.group())
                        : new ScimRoll(
                                http,
                                url(key, url, "https", "http").toString().replaceAll("/+$", ""),
                                bearer(key, step),
                                step.group());
            }
            default -> throw new IllegalArgumentException(key + ".by: must be one of list, scim, ldap");
        };
    }

    private Question question(String target, String key, ResolveProperties.LookUp step) {
        return switch (step.by()) {
            case "table" -> table(key, step);
            case "template" ->
                new TemplateQuestion(
                        Placeholders.read(key + ".template", step.template()), String.valueOf(step.template()));
            case "scim" -> scim(target, key, step);
            case "ldap" -> ldap(key, step);
            case "subject" -> new PassingOn();
            default ->
                throw new IllegalArgumentException(key + ".by: must be one of table, scim, ldap, template, subject");
        };
    }

    private static Question table(String key, ResolveProperties.LookUp step) {
        Path file = step.file();
        if ((file == null) == step.entries().isEmpty()) {
            throw new IllegalArgumentException(key + ": a table has either a file or entries");
        }
        return file == null
                ? TableQuestion.inline(key + ".entries", step.entries())
                : TableQuestion.file(key + ".file", file);
    }

    private Question scim(String target, String key, ResolveProperties.LookUp step) {
        String attribute = step.attribute() == null ? "id" : step.attribute();
        String url = step.url();
        Map<String, String> options = new TreeMap<>();
        if (url == null) {
            if (targets.url(target).isEmpty()) {
                throw new IllegalArgumentException(key + ".url: must be given, since the target has none");
            }
            options.putAll(targets.options(target));
            options.putAll(step.options());
            return new ScimQuestion(http, targets.url(target), () -> targets.authorization(target), options, attribute);
        }
        URI checked = url(key, url, "https", "http");
        options.putAll(step.options());
        return new ScimQuestion(http, checked.toString().replaceAll("/+$", ""), bearer(key, step), options, attribute);
    }

    private Supplier<@Nullable String> bearer(String key, ResolveProperties.LookUp step) {
        Supplier<@Nullable String> token = secret(key, "token", step.tokenFile(), step.tokenEnv());
        return () -> {
            String value = token.get();
            return value == null ? null : "Bearer " + value;
        };
    }

    private Question ldap(String key, ResolveProperties.LookUp step) {
        return new LdapQuestion(
                directory(key, step),
                Placeholders.read(key + ".filter", step.filter()),
                step.attribute() == null ? "uid" : step.attribute());
    }

    private LdapDirectory directory(String key, ResolveProperties.LookUp step) {
        if (step.url() == null || step.base() == null) {
            throw new IllegalArgumentException(key + (step.url() == null ? ".url" : ".base") + ": must be given");
        }
        URI url = url(key, step.url(), "ldaps", "ldap");
        Supplier<@Nullable String> password = secret(key, "password", step.passwordFile(), step.passwordEnv());
        if ((step.bindDn() == null) != (password.get() == null)) {
            throw new IllegalArgumentException(key + ".bind-dn: goes with a password, and a password with it");
        }
        return new LdapDirectory(sockets, url, step.base(), step.bindDn(), password);
    }

    private static URI url(String key, String text, String encrypted, String plain) {
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ".url: is not a URL", e);
        }
        boolean allowed = encrypted.equals(url.getScheme())
                || (plain.equals(url.getScheme()) && LOOPBACK.contains(String.valueOf(url.getHost())));
        if (url.getHost() == null || !allowed) {
            throw new IllegalArgumentException(key + ".url: must name a host and begin with " + encrypted + "://; "
                    + plain + "://, which anybody on the way can read, is for the loopback address alone");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(key + ".url: must hold no user, query or fragment");
        }
        return url;
    }

    /** Read at each use, so that a rotated one needs no restart. */
    private Supplier<@Nullable String> secret(String key, String what, @Nullable Path file, @Nullable String variable) {
        if (file != null && variable != null) {
            throw new IllegalArgumentException(
                    key + "." + what + "-file: is given beside " + what + "-env; give one of them");
        }
        if (file == null && variable == null) {
            return () -> null;
        }
        String place = key + "." + what + (file == null ? "-env" : "-file");
        Supplier<@Nullable String> secret = () -> {
            String value;
            try {
                value = file == null
                        ? environment.getProperty(String.valueOf(variable))
                        : Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalArgumentException(place + ": " + file + " cannot be read", e);
            }
            if (value == null || !value.strip().matches("[\\x20-\\x7e]+")) {
                throw new IllegalArgumentException(
                        place + ": " + (file == null ? variable : file) + " holds no line of visible ASCII");
            }
            return value.strip();
        };
        String ignored = secret.get();
        return secret;
    }

    /** Ends a chain where the target may well know whom no other step knew. */
    private static final class PassingOn implements Question {
        @Override
        public String name() {
            return "subject";
        }

        @Override
        public Asked ask(SubjectIdentifier one) {
            return new Asked("nobody", new Answer.PassOn());
        }
    }

    /** A subject that brings its id needs no search, which not every service does by id. */
    private record IdFirst(Question asked, Map<String, String> options) implements Question {
        @Override
        public String name() {
            return asked.name();
        }

        @Override
        public Asked ask(SubjectIdentifier one) {
            String id = ScimUsers.idIn(ScimUsers.filterOf(one, options));
            return id == null ? asked.ask(one) : new Asked("nothing", new Answer.One(id));
        }
    }
}
