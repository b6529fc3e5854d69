package io.signalbox.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.SortOrder;
import de.captaingoldfish.scim.sdk.common.etag.ETag;
import de.captaingoldfish.scim.sdk.common.exceptions.ResourceNotFoundException;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.ServiceProvider;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.complex.ETagConfig;
import de.captaingoldfish.scim.sdk.common.resources.complex.FilterConfig;
import de.captaingoldfish.scim.sdk.common.resources.complex.Meta;
import de.captaingoldfish.scim.sdk.common.resources.complex.PatchConfig;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Email;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Member;
import de.captaingoldfish.scim.sdk.common.response.ScimResponse;
import de.captaingoldfish.scim.sdk.common.schemas.SchemaAttribute;
import de.captaingoldfish.scim.sdk.server.endpoints.Context;
import de.captaingoldfish.scim.sdk.server.endpoints.ResourceEndpoint;
import de.captaingoldfish.scim.sdk.server.endpoints.ResourceHandler;
import de.captaingoldfish.scim.sdk.server.endpoints.base.GroupEndpointDefinition;
import de.captaingoldfish.scim.sdk.server.endpoints.base.UserEndpointDefinition;
import de.captaingoldfish.scim.sdk.server.filter.FilterNode;
import de.captaingoldfish.scim.sdk.server.response.PartialListResponse;
import de.captaingoldfish.scim.sdk.server.schemas.custom.ResourceTypeFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A SCIM 2.0 server on the loopback address. The protocol is the SCIM-SDK's; storage and the bearer check are ours.
 */
public final class ScimServer implements AutoCloseable {

    public static final String TOKEN = "scim-token";

    private final Map<String, User> users = new ConcurrentHashMap<>();
    private final Map<String, Group> groups = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ResourceEndpoint endpoint;
    private final HttpServer server;
    private volatile int changesBeforePatch;
    private volatile boolean filters = true;
    private volatile boolean groupsSilent;

    public ScimServer() {
        endpoint = new ResourceEndpoint(
                ServiceProvider.builder()
                        .filterConfig(FilterConfig.builder()
                                .supported(true)
                                .maxResults(50)
                                .build())
                        .patchConfig(PatchConfig.builder().supported(true).build())
                        .eTagConfig(ETagConfig.builder().supported(true).build())
                        .build(),
                new UserEndpointDefinition(new Users()),
                new GroupEndpointDefinition(new Groups()));
        endpoint.getResourceTypeByName("Group").orElseThrow().getFeatures().setAutoFiltering(true);
        ResourceTypeFeatures features =
                endpoint.getResourceTypeByName("User").orElseThrow().getFeatures();
        features.setAutoFiltering(true);
        features.getETagFeature().setEnabled(true);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/scim/v2", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/scim/v2";
    }

    public ScimServer add(String id, String userName, String email, String externalId) {
        store(User.builder()
                .id(id)
                .userName(userName)
                .externalId(externalId)
                .emails(List.of(Email.builder().value(email).build()))
                .active(true)
                .meta(Meta.builder()
                        .resourceType("User")
                        .version("1")
                        .created(Instant.EPOCH)
                        .lastModified(Instant.EPOCH)
                        .build())
                .build());
        return this;
    }

    /** A group of these users; or of other groups, if their ids are those of groups. */
    public ScimServer addGroup(String id, String name, String... members) {
        groups.put(
                id,
                Group.builder()
                        .id(id)
                        .displayName(name)
                        .members(Stream.of(members)
                                .map(member -> Member.builder()
                                        .value(member)
                                        .type(groups.containsKey(member) ? "Group" : "User")
                                        .build())
                                .toList())
                        .meta(Meta.builder()
                                .resourceType("Group")
                                .created(Instant.EPOCH)
                                .lastModified(Instant.EPOCH)
                                .build())
                        .build());
        return this;
    }

    /** From now on, or not any more, it answers nothing about groups. */
    public void withoutGroups(boolean silent) {
        groupsSilent = silent;
    }

    /** Somebody changes a user, at this time. */
    public void change(String id, Instant at, UnaryOperator<User> change) {
        User user = change.apply(Objects.requireNonNull(users.get(id)));
        touch(user);
        user.getMeta().orElseThrow().setLastModified(at);
        store(user);
    }

    /** Somebody deletes a user. */
    public void delete(String id) {
        users.remove(id);
    }

    /** From now on it cannot select. */
    public void withoutFilters() {
        filters = false;
    }

    public boolean active(String id) {
        return Objects.requireNonNull(users.get(id)).isActive().orElse(true);
    }

    /** Somebody else changes the user, this many times, each time just before our PATCH arrives. */
    public void changeBeforePatch(int times) {
        changesBeforePatch = times;
    }

    /** Method and path of each call, as they came. */
    public List<String> calls() {
        return calls;
    }

    private void store(User user) {
        users.put(user.getId().orElseThrow(), user);
    }

    private void touch(User user) {
        Meta meta = user.getMeta().orElseThrow();
        int version = Integer.parseInt(meta.getVersion().orElseThrow().getTag());
        meta.setVersion(ETag.newInstance(String.valueOf(version + 1)));
        meta.setLastModified(Instant.EPOCH.plusSeconds(version));
    }

    private void handle(HttpExchange exchange) throws IOException {
        calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, "{\"detail\":\"who are you\",\"status\":\"401\"}");
            return;
        }
        if (groupsSilent && exchange.getRequestURI().getPath().contains("/Groups")) {
            answer(exchange, 503, "");
            return;
        }
        if (!filters && exchange.getRequestURI().toString().contains("filter=")) {
            answer(exchange, 400, "{\"scimType\":\"invalidFilter\",\"status\":\"400\"}");
            return;
        }
        if (exchange.getRequestMethod().equals("PATCH") && changesBeforePatch > 0) {
            changesBeforePatch--;
            users.values().forEach(this::touch);
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        ScimResponse response = endpoint.handleRequest(
                url() + exchange.getRequestURI().toString().substring("/scim/v2".length()),
                HttpMethod.valueOf(exchange.getRequestMethod()),
                body,
                headers,
                new Context(null));
        response.getHttpHeaders().forEach(exchange.getResponseHeaders()::set);
        answer(exchange, response.getHttpStatus(), response.isEmpty() ? "" : response.toString());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        if (octets.length > 0) {
            exchange.getResponseBody().write(octets);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private final class Users extends ResourceHandler<User> {
        @Override
        public User createResource(User resource, Context context) {
            store(resource);
            return resource;
        }

        @Override
        public User getResource(
                String id, List<SchemaAttribute> attributes, List<SchemaAttribute> excluded, Context context) {
            User user = users.get(id);
            if (user == null) {
                throw new ResourceNotFoundException("no user " + id);
            }
            return user;
        }

        @Override
        public PartialListResponse<User> listResources(
                long startIndex,
                int count,
                FilterNode filter,
                SchemaAttribute sortBy,
                SortOrder sortOrder,
                List<SchemaAttribute> attributes,
                List<SchemaAttribute> excluded,
                Context context) {
            List<User> all = new ArrayList<>(users.values());
            return PartialListResponse.<User>builder()
                    .resources(all)
                    .totalResults(all.size())
                    .build();
        }

        @Override
        public User updateResource(User resource, Context context) {
            touch(resource);
            store(resource);
            return resource;
        }

        @Override
        public void deleteResource(String id, Context context) {
            users.remove(id);
        }
    }

    private final class Groups extends ResourceHandler<Group> {
        @Override
        public Group createResource(Group resource, Context context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Group getResource(
                String id, List<SchemaAttribute> attributes, List<SchemaAttribute> excluded, Context context) {
            Group group = groups.get(id);
            if (group == null) {
                throw new ResourceNotFoundException("no group " + id);
            }
            return group;
        }

        @Override
        public PartialListResponse<Group> listResources(
                long startIndex,
                int count,
                FilterNode filter,
                SchemaAttribute sortBy,
                SortOrder sortOrder,
                List<SchemaAttribute> attributes,
                List<SchemaAttribute> excluded,
                Context context) {
            List<Group> all = new ArrayList<>(groups.values());
            return PartialListResponse.<Group>builder()
                    .resources(all)
                    .totalResults(all.size())
                    .build();
        }

        @Override
        public Group updateResource(Group resource, Context context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deleteResource(String id, Context context) {
            throw new UnsupportedOperationException();
        }
    }
}
