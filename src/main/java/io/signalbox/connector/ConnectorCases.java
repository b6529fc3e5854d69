package io.signalbox.connector;

import io.signalbox.action.Outcome;
import io.signalbox.action.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Runs the {@code cases.yaml} of connector folders: the routes as in production, before a target that stands in. */
public final class ConnectorCases implements AutoCloseable {

    /** The time in all cases, so that what is sent can be written down. */
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static final String CREDENTIAL = "0123456789abcdef";

    /** The program that cases may have run: it changes nothing. */
    private static final String HARMLESS = "/usr/bin/test";

    private final Map<String, Connector> connectors = new TreeMap<>();
    private final Map<String, List<Case>> cases = new TreeMap<>();
    private final Map<Case, String> targets = new HashMap<>();
    private final Path routes;
    private final StandIn standIn = new StandIn();
    private final AnnotationConfigApplicationContext beans;

    private ConnectorCases(Path routes, Collection<String> names) {
        this.routes = routes;
        Map<String, Connector> known = Connector.in(routes.toString());
        Map<String, Object> properties = new HashMap<>();
        properties.put("signalbox.routes-directory", routes.toString());
        properties.put("signalbox.http.allow", "127.0.0.0/8");
        properties.put("signalbox.exec.allow", HARMLESS);
        properties.put("A_CREDENTIAL", CREDENTIAL);
        properties.put("A_KEY", key());
        for (String name : names) {
            Connector connector = known.get(name);
            if (connector == null) {
                throw new IllegalArgumentException(
                        routes.resolve("act").resolve(name) + " holds no connector.properties");
            }
            connectors.put(name, connector);
            cases.put(name, read(connector));
            for (Case one : cases.getOrDefault(name, List.of())) {
                String target = name + "-" + targets.size();
                targets.put(one, target);
                configure(properties, "signalbox.targets." + target + ".", connector, one);
            }
        }
        try {
            beans = BenchConfig.open(routes, names, properties, Clock.fixed(NOW, ZoneOffset.UTC));
        } catch (RuntimeException e) {
            standIn.close();
            throw e;
        }
    }

    /**
     * Opens the bench for some connectors.
     *
     * @param routes the routes directory, whose folder {@code act} holds them
     * @param names their folders
     * @throws IllegalArgumentException if a folder or its cases cannot be read
     * @throws IllegalStateException if a route cannot be loaded or a case's settings do not fit the connector
     */
    public static ConnectorCases open(Path routes, Collection<String> names) {
        return new ConnectorCases(routes, names);
    }

    /** The names of a connector's cases, in their order. */
    public List<String> names(String connector) {
        return cases.getOrDefault(connector, List.of()).stream().map(Case::name).toList();
    }

    /**
     * Runs one case.
     *
     * @return what is not as it should be; absent if all is
     */
    public @Nullable String run(String connector, String name) {
        Case one = cases.getOrDefault(connector, List.of()).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no case «" + name + "»"));
        standIn.expect(one.given(), one.resets(), one.directory());
        Outcome outcome = beans.getBean(Trial.class).attempt(one.action(String.valueOf(targets.get(one))));
        if (!outcome.word().equals(one.outcome())) {
            return "the outcome is to be " + one.outcome() + " and was " + outcome.word() + " (" + outcome.detail()
                    + ")"
                    + (standIn.asked().isEmpty()
                            ? ""
                            : ", after "
                                    + standIn.asked().stream()
                                            .map(StandIn.Asked::call)
                                            .toList());
        }
        Object detail = one.members().get("detail");
        if (detail != null && !outcome.detail().contains(String.valueOf(detail))) {
            return "the detail is to hold «" + detail + "» and was «" + outcome.detail() + "»";
        }
        Object sent = one.members().get("sent");
        if (sent != null && !standIn.line().contains(String.valueOf(sent).stripTrailing())) {
            return "what was sent is to hold\n  " + sent + "\nand was\n  " + standIn.line();
        }
        return one.difference(standIn.asked());
    }

    /** What a connector's folder lacks before it is complete; empty if it is. */
    public List<String> gaps(String connector) {
        Connector described = connectors.get(connector);
        return described == null
                ? List.of("there is no such connector")
                : Completeness.gaps(
                        routes.resolve("act").resolve(connector), described, cases.getOrDefault(connector, List.of()));
    }

    private void configure(Map<String, Object> properties, String key, Connector connector, Case one) {
        properties.put(key + "kind", connector.name());
        List<String> schemes = connector.schemes();
        String scheme = schemes.contains("http")
                ? "http"
                : schemes.contains("ldap") ? "ldap" : schemes.contains("smtp") ? "smtp" : schemes.get(0);
        Object path = one.members().getOrDefault("url", "");
        properties.put(key + "url", standIn.url(scheme, !one.refuses()) + path);
        Object resolved = one.members().get("resolved");
        if (resolved != null) {
            properties.put(key + "resolve[0].by", "template");
            properties.put(key + "resolve[0].template", String.valueOf(resolved));
        }
        one.settings("options")
                .forEach((name, value) -> properties.put(key + "options." + name, String.valueOf(value)));
        one.settings("auth").forEach((name, value) -> properties.put(key + "auth." + name, String.valueOf(value)));
        String kind = String.valueOf(one.settings("auth")
                .getOrDefault(
                        "kind",
                        connector.auth().isEmpty() ? "" : connector.auth().get(0)));
        switch (kind) {
            case "oauth", "jwt-bearer" -> {
                properties.put(key + "auth.token-url", standIn.httpUrl() + StandIn.TOKEN_PATH);
                properties.putIfAbsent(key + "auth.client-id", "signalbox");
                properties.put(key + "secret-env", kind.equals("oauth") ? "A_CREDENTIAL" : "A_KEY");
            }
            case "basic", "header" -> {
                properties.put(key + "token-env", "A_CREDENTIAL");
                if (kind.equals("basic")) {
                    properties.putIfAbsent(
                            key + "auth.username", scheme.equals("ldap") ? StandInDirectory.USER : "signalbox");
                }
            }
            default -> {
                if ((connector.needs().contains("token") || connector.takes().contains("token"))
                        && !kind.equals("none")) {
                    properties.put(key + "token-env", "A_CREDENTIAL");
                }
            }
        }
        if (connector.needs().contains("secret") || connector.signs()) {
            properties.put(key + "secret-env", connector.signs() ? "A_KEY" : "A_CREDENTIAL");
        }
    }

    private List<Case> read(Connector connector) {
        Path file = routes.resolve("act").resolve(connector.name()).resolve("cases.yaml");
        try (InputStream in = Files.newInputStream(file)) {
            Object written = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            List<Case> read = new ArrayList<>();
            if (written instanceof List<?> list) {
                list.forEach(one -> read.add(Case.of(connector.name(), one)));
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** Any key will do: nobody checks the signature. */
    private static String key() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(2048);
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder()
                            .encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
                    + "\n-----END PRIVATE KEY-----";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("RSA is part of every Java runtime", e);
        }
    }

    @Override
    public void close() {
        BenchConfig.stop(beans);
        standIn.close();
    }
}
