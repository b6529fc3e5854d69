package io.signalbox.transmit;

import io.signalbox.store.OutboundStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** We as a transmitter: who we are, where we are reached, who may have streams of us. */
public final class Transmitter {

    /** Where our public keys are, below {@link #place}. */
    public static final String JWKS = "/ssf/jwks";

    /** Where the streams are polled, each under its id. */
    public static final String POLL = "/ssf/poll/";

    /** The request attribute under which the client stands who sent it. */
    public static final String CLIENT = "signalbox.transmitter.client";

    static final String STREAMS = "/ssf/streams";
    static final String STATUS = "/ssf/status";
    static final String ADD_SUBJECT = "/ssf/subjects:add";
    static final String REMOVE_SUBJECT = "/ssf/subjects:remove";
    static final String VERIFY = "/ssf/verify";
    static final String TOKEN = "/oauth2/token";

    static final String KEY = "signalbox.transmitter.";

    private static final String ISSUER = "signalbox.issuer";

    private final Map<String, Tenant> tenants = new LinkedHashMap<>();
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private final TransmitterProperties properties;

    /** @throws IllegalArgumentException naming the key of what is missing or wrong */
    Transmitter(IssuerProperties issuerProperties, TransmitterProperties properties, Environment environment) {
        if (issuerProperties.issuer() == null) {
            throw new IllegalArgumentException(
                    ISSUER + " is missing: signalbox.transmitter.clients names who receives from us, and this says who"
                            + " we are to them");
        }
        String base = properties.url() == null
                ? null
                : Tenant.withoutSlash(
                        Tenant.address(KEY + "url", properties.url().strip()).toString());
        tenants.put("", Tenant.of(ISSUER, "", issuerProperties.issuer().strip(), base, null, List.of()));
        for (int i = 0; i < properties.tenants().size(); i++) {
            add(KEY + "tenants[" + i + "].", properties.tenants().get(i), base);
        }
        this.properties = properties;
        for (int i = 0; i < properties.clients().size(); i++) {
            String key = KEY + "clients[" + i + "].";
            TransmitterProperties.Entry entry = properties.clients().get(i);
            Tenant tenant = tenants.get(entry.tenant() == null ? "" : entry.tenant());
            if (tenant == null) {
                throw new IllegalArgumentException(key + "tenant names none of " + KEY + "tenants");
            }
            Client client = new Client(key, entry, tenant, environment);
            if (clients.put(client.id(), client) != null) {
                throw new IllegalArgumentException(key + "id: " + client.id() + " is there twice");
            }
        }
        List<String> tokens = new ArrayList<>();
        clients.values().stream()
                .map(Client::token)
                .filter(token -> token != null)
                .map(Reference::value)
                .forEach(tokens::add);
        if (tokens.stream().distinct().count() < tokens.size()) {
            throw new IllegalArgumentException(KEY + "clients: two clients have the same token");
        }
    }

    private void add(String key, TransmitterProperties.Issuer told, @Nullable String base) {
        String name = told.name() == null ? "" : told.name();
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,62}")) {
            throw new IllegalArgumentException(key + "name must be 1 to 63 letters, digits, dots and dashes");
        }
        if (told.issuer() == null) {
            throw new IllegalArgumentException(key + "issuer is missing");
        }
        Tenant tenant = Tenant.of(
                key + "issuer",
                name,
                told.issuer().strip(),
                base,
                told.keysFile(),
                told.subjects().stream()
                        .map(text -> Client.parsed(key + "subjects", text))
                        .toList());
        // The path alone tells whose metadata are asked for.
        if (tenants.values().stream().anyMatch(each -> each.path().equals(tenant.path()))) {
            throw new IllegalArgumentException(key + "issuer has the same path as another issuer of ours");
        }
        if (tenants.put(name, tenant) != null) {
            throw new IllegalArgumentException(key + "name: " + name + " is there twice");
        }
    }

    /** {@code iss} of what we say for ourselves: {@code signalbox.issuer}. */
    public String issuer() {
        return tenants().get(0).issuer();
    }

    /** Whether it is one of us who signed so. */
    public boolean isOurs(String iss) {
        return tenants.values().stream().anyMatch(tenant -> tenant.issuer().equals(iss));
    }

    /** Who we are, the first being {@code signalbox.issuer}. */
    public List<Tenant> tenants() {
        return List.copyOf(tenants.values());
    }

    /** The one whose metadata lie behind this path. */
    Optional<Tenant> tenantAt(String path) {
        return tenants.values().stream()
                .filter(tenant -> tenant.path().equals(path))
                .findFirst();
    }

    /** Where a stream is polled (T-22). */
    String pollPlace(OutboundStream stream) {
        Tenant tenant = client(stream.client()).map(Client::tenant).orElseGet(() -> tenants()
                .get(0));
        return tenant.place(POLL + stream.id());
    }

    public Optional<Client> client(String id) {
        return Optional.ofNullable(clients.get(id));
    }

    /** In the order of the configuration. */
    public List<Client> clients() {
        return List.copyOf(clients.values());
    }

    /** Whether some client is told what targets did for us. */
    public boolean tellsActions() {
        return clients.values().stream().anyMatch(Client::tellActions);
    }

    Duration minVerificationInterval() {
        return properties.minVerificationInterval();
    }

    /** After how long without a word of its receiver a stream is paused; absent for never. */
    public @Nullable Duration inactivityTimeout() {
        return properties.inactivityTimeout();
    }

    boolean pollWithReadScope() {
        return properties.pollWithReadScope();
    }

    /** URIs of the event types that go out on the stream: what its client may be told of what it asked for. */
    public List<String> delivered(OutboundStream stream) {
        List<String> requested = stream.eventsRequested();
        return client(stream.client())
                .map(client -> client.supported().stream()
                        .filter(uri -> requested == null || requested.contains(uri))
                        .toList())
                .orElse(List.of());
    }
}
