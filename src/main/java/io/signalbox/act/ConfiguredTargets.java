package io.signalbox.act;

import io.signalbox.Step;
import io.signalbox.act.TargetProperties.Target;
import io.signalbox.action.Targets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
        Map<String, String> options =
                new TreeMap<>(connector(target, named(target)).options());
        options.putAll(named(target).options());
        return options;
    }

    /** The value of the Authorization header; absent if the target was given no token. */
    public @Nullable String authorization(String target) {
        Target configured = named(target);
        String token = credential(target, "token", configured.tokenFile(), configured.tokenEnv());
        return token == null ? null : "Bearer " + token;
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

    /** Names of all targets, in their order. */
    public List<String> names() {
        return List.copyOf(targets.keySet());
    }

    boolean has(@Nullable String target) {
        return target != null && targets.containsKey(target);
    }

    String kind(String target) {
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
        for (String option : target.options().keySet()) {
            if (!connector.options().containsKey(option)) {
                throw new IllegalArgumentException(key(name, "options." + option) + ": the connector "
                        + connector.name() + " has no such option; it has "
                        + connector.options().keySet());
            }
        }
        if (target.consumers() < 1 || target.consumers() > 64) {
            throw new IllegalArgumentException(key(name, "consumers") + ": must be between 1 and 64");
        }
        checkUrl(name, target, connector);
        checkCredential(name, connector, "token", credential(name, "token", target.tokenFile(), target.tokenEnv()));
        checkCredential(name, connector, "secret", credential(name, "secret", target.secretFile(), target.secretEnv()));
    }

    private static void checkUrl(String name, Target target, Connector connector) {
        String key = key(name, "url");
        if (target.url() == null) {
            if (connector.needs().contains("url")) {
                throw new IllegalArgumentException(key + ": the connector " + connector.name() + " needs it");
            }
            return;
        }
        URI url;
        try {
            url = URI.create(target.url());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": is not a URL", e);
        }
        if (url.getScheme() == null
                || url.getHost() == null
                || !connector.schemes().contains(url.getScheme())) {
            throw new IllegalArgumentException(key + ": must name a host and begin with one of " + connector.schemes());
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    key + ": must hold no user, query or fragment; they end up in logs, and secrets come by reference");
        }
        if (url.getScheme().equals("http") && !isLoopback(url.getHost())) {
            throw new IllegalArgumentException(
                    key + ": http is for the loopback address alone; use https, or a token could be read on the way");
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

    private static void checkCredential(String name, Connector connector, String what, @Nullable String value) {
        String key = key(name, what + "-file");
        if (value == null) {
            if (connector.needs().contains(what)) {
                throw new IllegalArgumentException(key + ": the connector " + connector.name() + " needs a " + what
                        + "; name a file here, or an environment variable in " + key(name, what + "-env"));
            }
            return;
        }
        if (!connector.needs().contains(what) && !connector.takes().contains(what)) {
            throw new IllegalArgumentException(
                    key + ": the connector " + connector.name() + " makes no use of a " + what);
        }
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
        if (what.equals("token") && !BEARER.matcher(value).matches()) {
            throw new IllegalArgumentException(key + ": what it names is not a bearer token");
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
