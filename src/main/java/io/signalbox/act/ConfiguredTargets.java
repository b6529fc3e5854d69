package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.act.TargetProperties.Target;
import io.signalbox.action.Targets;
import io.signalbox.connector.Connector;
import io.signalbox.connector.Connector.Option;
import io.signalbox.set.SubjectIdentifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The targets as configured, checked against what their connectors can do. Connectors ask it for a target's URL,
 * options and credentials by the target's name, so that no secret travels with a message.
 */
@Step("targets")
public class ConfiguredTargets implements Targets {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");
    private static final Pattern KIND = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

    /** RFC 6750, section 2.1: anything else in it could end the header and begin another. */
    private static final Pattern BEARER = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    /** A shorter key is weaker than the HMAC made with it. */
    private static final int SHORTEST_SECRET = 16;

    private final SortedMap<String, Target> targets = new TreeMap<>();
    private final Map<String, Connector> connectors;
    private final Environment environment;

    ConfiguredTargets(TargetProperties properties, Environment environment) {
        this.environment = environment;
        this.connectors = Connector.in(properties.routesDirectory());
        targets.putAll(properties.targets());
        targets.forEach(this::check);
    }

    /**
     * The targets of a configuration, outside a gateway.
     *
     * @throws IllegalArgumentException naming the key, if something does not fit
     */
    public static ConfiguredTargets configured(Environment environment) {
        return new ConfiguredTargets(
                Binder.get(environment).bindOrCreate("signalbox", TargetProperties.class), environment);
    }

    @Override
    public List<String> doing(String kind) {
        return targets.entrySet().stream()
                .filter(entry -> does(entry.getValue(), kind))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Where the target is called; without a slash at its end, so that a connector may add its paths. */
    public String url(String target) {
        String url = named(target).url();
        return url == null ? "" : url.replaceAll("/+$", "");
    }

    /** The connector's options: as configured for this target, else their defaults. */
    public Map<String, String> options(String target) {
        Map<String, String> options = new TreeMap<>();
        connector(target, named(target)).options().forEach((name, option) -> options.put(name, option.standard()));
        options.putAll(named(target).options());
        return options;
    }

    /** By what name its connector calls a user whom nobody looked up there; absent if it has none for such a subject. */
    public @Nullable String nameOf(SubjectIdentifier user, String target) {
        return SubjectNames.user(user, options(target));
    }

    /** How long a call over HTTP may stay silent, as the HTTP component is told it. */
    public long timeoutMillis(String target) {
        return named(target).timeout().toMillis();
    }

    /** Kinds of connectors that are in use: the routes of the others need not be loaded. */
    public Set<String> kinds() {
        Set<String> kinds = new TreeSet<>();
        targets.values().forEach(target -> kinds.add(String.valueOf(target.kind())));
        return kinds;
    }

    /** The secret with which messages to this target are signed. */
    public String secret(String target) {
        Target configured = named(target);
        String secret = credential(target, "secret", configured.secretFile(), configured.secretEnv());
        if (secret == null) {
            throw new IllegalStateException(key(target, "secret-file") + ": this target has no secret");
        }
        return secret;
    }

    /** Whether the target was given a secret. */
    public boolean hasSecret(String target) {
        return named(target).secretFile() != null || named(target).secretEnv() != null;
    }

    /** Whether it is looked afterwards whether an action of this kind took effect at the target. */
    boolean verifies(String target, String kind) {
        return named(target).verify() && connector(target, named(target)).verifies(kind);
    }

    /** As whom the target is logged in at by user name and password; empty if it is not. */
    public String username(String target) {
        return login(target).username();
    }

    /** What is sent to the target as it is; absent if it was given none. */
    public @Nullable String token(String target) {
        Target configured = named(target);
        return credential(target, "token", configured.tokenFile(), configured.tokenEnv());
    }

    /** The value of the Authorization header that the target's own token makes; absent if none does, or it is fetched. */
    public @Nullable String authorization(String target) {
        String token = token(target);
        Login login = login(target);
        return token == null
                ? null
                : switch (login.kind()) {
                    case BEARER -> "Bearer " + token;
                    case BASIC -> TargetLogins.basic(login.username(), token);
                    default -> null;
                };
    }

    Login login(String target) {
        return Login.of(key(target, "auth"), named(target), connector(target, named(target)));
    }

    /** The SSL bundle for connections to the target; absent if it was given none. */
    public @Nullable String sslBundle(String target) {
        return named(target).sslBundle();
    }

    int perMinute(String target) {
        return named(target).perMinute();
    }

    /** Names of all targets, in their order. */
    public List<String> names() {
        return List.copyOf(targets.keySet());
    }

    boolean has(@Nullable String target) {
        return target != null && targets.containsKey(target);
    }

    /** The target's connector, by its folder's name. */
    public String kind(String target) {
        return connector(target, named(target)).name();
    }

    int consumers(String target) {
        return named(target).consumers();
    }

    private boolean does(Target target, String kind) {
        Connector connector = connectors.get(String.valueOf(target.kind()));
        return connector != null
                && (target.actions().isEmpty()
                        ? connector.can(kind)
                        : target.actions().contains(kind));
    }

    private Target named(String name) {
        Target target = targets.get(name);
        if (target == null) {
            throw new IllegalArgumentException("signalbox.targets: there is no target named " + name);
        }
        return target;
    }

    private Connector connector(String name, Target target) {
        Connector connector = connectors.get(String.valueOf(target.kind()));
        if (connector == null) {
            throw new IllegalArgumentException(key(name, "kind") + ": "
                    + (target.kind() == null ? "must be given" : target.kind() + " is no connector")
                    + "; there are " + connectors.keySet());
        }
        return connector;
    }

    private void check(String name, Target target) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "signalbox.targets." + name + ": a target's name is made of a-z, 0-9 and hyphens");
        }
        Connector connector = connector(name, target);
        for (String kind : target.actions()) {
            if (!KIND.matcher(kind).matches() || !connector.can(kind)) {
                throw new IllegalArgumentException(key(name, "actions") + ": the connector " + connector.name()
                        + " does not do " + kind + "; it does " + connector.actions());
            }
        }
        target.options().forEach((option, value) -> {
            Option known = connector.options().get(option);
            if (known == null) {
                throw new IllegalArgumentException(key(name, "options." + option) + ": the connector "
                        + connector.name() + " has no such option; it has "
                        + connector.options().keySet());
            }
            if (!known.takes(value)) {
                throw new IllegalArgumentException(key(name, "options." + option) + ": must be "
                        + (known.type().equals("number") ? "a number" : "one of " + known.type()));
            }
        });
        if (target.consumers() < 1 || target.consumers() > 64) {
            throw new IllegalArgumentException(key(name, "consumers") + ": must be between 1 and 64");
        }
        if (target.perMinute() < 0 || target.perMinute() > 1_000_000) {
            throw new IllegalArgumentException(key(name, "per-minute") + ": must be between 0 and 1000000");
        }
        if (target.timeout().compareTo(Duration.ofSeconds(1)) < 0
                || target.timeout().compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(key(name, "timeout") + ": must be between 1s and 10m");
        }
        checkUrl(name, target, connector);
        Login login = Login.of(key(name, "auth"), target, connector);
        if (login.tokenUrl() != null) {
            checkAddress(key(name, "auth.token-url"), login.tokenUrl(), List.of("https", "http"));
        }
        checkCredential(name, connector, login, "token", token(name));
        checkCredential(
                name, connector, login, "secret", credential(name, "secret", target.secretFile(), target.secretEnv()));
    }

    private static void checkUrl(String name, Target target, Connector connector) {
        String key = key(name, "url");
        if (target.url() == null) {
            if (connector.needs().contains("url")) {
                throw new IllegalArgumentException(key + ": the connector " + connector.name() + " needs it");
            }
            return;
        }
        checkAddress(key, target.url(), connector.schemes());
    }

    private static void checkAddress(String key, String text, List<String> schemes) {
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": is not a URL", e);
        }
        if (url.getScheme() == null || url.getHost() == null || !schemes.contains(url.getScheme())) {
            throw new IllegalArgumentException(key + ": must name a host and begin with one of " + schemes);
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    key + ": must hold no user, query or fragment; they end up in logs, and secrets come by reference");
        }
        if (List.of("http", "ldap").contains(url.getScheme()) && !isLoopback(url.getHost())) {
            throw new IllegalArgumentException(key + ": " + url.getScheme() + " is for the loopback address alone; use "
                    + url.getScheme() + "s, or a token could be read on the way");
        }
    }

    /** Looks up no name: what a name resolves to can change between this check and the call. */
    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return ADDRESS.matcher(host).matches()
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static void checkCredential(
            String name, Connector connector, Login login, String what, @Nullable String value) {
        String key = key(name, what + "-file");
        // A token that is fetched takes the place of one that is given.
        boolean fetched = login.kind().fetches() && what.equals("token");
        boolean needed = login.kind().credential().equals(what)
                || (connector.needs().contains(what) && !fetched && !unsaid(login, what));
        if (value == null) {
            if (needed) {
                throw new IllegalArgumentException(key + ": the connector " + connector.name() + " needs a " + what
                        + (login.said() ? " for auth.kind " + login.kind().word() : "")
                        + "; name a file here, or an environment variable in " + key(name, what + "-env"));
            }
            return;
        }
        if (fetched || !(needed || connector.takes().contains(what) || usedToLogIn(login, what))) {
            throw new IllegalArgumentException(key + ": the connector " + connector.name() + " makes no use of a "
                    + what + (login.said() ? " with auth.kind " + login.kind().word() : ""));
        }
    }

    /** With {@code auth.kind: none} the operator says that the target asks for nothing. */
    private static boolean unsaid(Login login, String what) {
        return what.equals("token") && login.said() && login.kind() == Login.Kind.NONE;
    }

    private static boolean usedToLogIn(Login login, String what) {
        return what.equals("token") && login.kind() != Login.Kind.NONE;
    }

    /** Read at each use, so that a rotated credential needs no restart. */
    private @Nullable String credential(String target, String what, @Nullable Path file, @Nullable String variable) {
        if (file == null && variable == null) {
            return null;
        }
        String key = key(target, what + (file == null ? "-env" : "-file"));
        if (file != null && variable != null) {
            throw new IllegalArgumentException(key + ": is given beside " + what + "-env; give one of them");
        }
        String value;
        try {
            value = file == null
                    ? environment.getProperty(String.valueOf(variable))
                    : Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        }
        value = value == null ? "" : value.strip();
        if (value.isEmpty()) {
            throw new IllegalArgumentException(key + ": " + (file == null ? variable : file) + " holds nothing");
        }
        Login.Kind login = login(target).kind();
        if (what.equals("token")
                && login == Login.Kind.BEARER
                && !BEARER.matcher(value).matches()) {
            throw new IllegalArgumentException(key + ": what it names is not a bearer token");
        }
        if (what.equals("token") && CONTROL.matcher(value).find()) {
            throw new IllegalArgumentException(key + ": what it names has more than one line, or control characters");
        }
        if (what.equals("secret") && value.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException(
                    key + ": the secret must have at least " + SHORTEST_SECRET + " characters");
        }
        return value;
    }

    private static String key(String target, String member) {
        return "signalbox.targets." + target + "." + member;
    }
}
