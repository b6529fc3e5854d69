package io.signalbox.act.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;

/**
 * Changes the entry of one user in a directory: whether the account may be used, whether the password must be changed,
 * and which group it is in.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4511">RFC 4511</a>
 */
@Step("directoryClient")
public class DirectoryClient {

    private static final int CONNECT_MILLIS = 5_000;

    /** Those that settle nothing; all others are answers. */
    private static final Set<ResultCode> TRY_AGAIN = Set.of(
            ResultCode.BUSY,
            ResultCode.UNAVAILABLE,
            ResultCode.SERVER_DOWN,
            ResultCode.CONNECT_ERROR,
            ResultCode.TIMEOUT,
            ResultCode.TIME_LIMIT_EXCEEDED,
            ResultCode.LOCAL_ERROR);

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final ObjectProvider<SslBundles> bundles;

    DirectoryClient(
            AddressGuard addresses, ConfiguredTargets targets, TargetCalls calls, ObjectProvider<SslBundles> bundles) {
        this.addresses = addresses;
        this.targets = targets;
        this.calls = calls;
        this.bundles = bundles;
    }

    /**
     * Finds the user and changes the entry, unless it is as wanted.
     *
     * @param url {@code ldaps://host:port}, or {@code ldap} on the loopback address
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome change(
            Action action, String target, String url, Map<String, String> options, @Nullable String resolved) {
        String user = calls.text(action, target, options, resolved, "{user}");
        URI directory = URI.create(url);
        boolean secure = "ldaps".equals(directory.getScheme());
        int port = directory.getPort() > 0 ? directory.getPort() : secure ? 636 : 389;
        LDAPConnectionOptions settings = new LDAPConnectionOptions();
        settings.setConnectTimeoutMillis(CONNECT_MILLIS);
        settings.setResponseTimeoutMillis(targets.timeoutMillis(target));
        settings.setFollowReferrals(false);
        // Without it any certificate of any host would do.
        settings.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        try (LDAPConnection connection = new LDAPConnection(secure ? encrypting(target) : null, settings)) {
            connection.connect(directory.getHost(), addresses.resolve(directory.getHost()), port, CONNECT_MILLIS);
            connection.bind(targets.username(target), String.valueOf(targets.token(target)));
            return change(connection, action, user, options);
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (LDAPException e) {
            // Its text can hold the entry's name, which is somebody's.
            String said = "LDAP " + e.getResultCode().intValue() + " ("
                    + e.getResultCode().getName() + ")";
            return TRY_AGAIN.contains(e.getResultCode()) ? new Outcome.NoAnswer(said, null) : new Outcome.Refused(said);
        } catch (IOException e) {
            return new Outcome.NoAnswer("No connection: " + e.getClass().getSimpleName(), null);
        }
    }

    private SocketFactory encrypting(String target) {
        String bundle = targets.sslBundle(target);
        return bundle == null
                ? SSLSocketFactory.getDefault()
                : Objects.requireNonNull(bundles.getIfAvailable(), "there are no SSL bundles")
                        .getBundle(bundle)
                        .createSslContext()
                        .getSocketFactory();
    }

    private static Outcome change(LDAPConnection connection, Action action, String user, Map<String, String> options)
            throws LDAPException {
        AccountState account = AccountState.of(option(options, "server"));
        SearchRequest search = new SearchRequest(
                option(options, "base"),
                SearchScope.SUB,
                // A bracket in a name must not become a part of the filter (RFC 4515, section 3).
                Filter.create(option(options, "filter").replace("{user}", Filter.encodeValue(user))),
                account.attributes());
        // One more than may be found. A server that counts them itself says so by its own result.
        search.setSizeLimit(2);
        List<SearchResultEntry> found;
        try {
            found = connection.search(search).getSearchEntries();
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return new Outcome.Refused("More than one entry matches");
            }
            throw e;
        }
        if (found.isEmpty()) {
            return new Outcome.NotFound("No entry matches");
        }
        if (found.size() > 1) {
            return new Outcome.Refused("More than one entry matches");
        }
        SearchResultEntry entry = found.get(0);
        return switch (action.kind()) {
            case "group.add", "group.remove" -> group(connection, action, entry, options);
            default -> modified(connection, entry, account.change(action.kind(), entry));
        };
    }

    private static Outcome modified(LDAPConnection connection, SearchResultEntry entry, AccountState.Change change)
            throws LDAPException {
        if (change.impossible()) {
            return new Outcome.Refused("Directories of this sort have no attribute for this action");
        }
        if (change.modifications().isEmpty()) {
            return new Outcome.AlreadyDone("The entry was as wanted");
        }
        try {
            connection.modify(entry.getDN(), change.modifications());
        } catch (LDAPException e) {
            if (e.getResultCode().equals(ResultCode.NO_SUCH_ATTRIBUTE)) {
                return new Outcome.NoAnswer("The entry was changed by somebody else after it was read", null);
            }
            throw e;
        }
        return new Outcome.Done("LDAP 0 (success)");
    }

    private static Outcome group(
            LDAPConnection connection, Action action, SearchResultEntry entry, Map<String, String> options)
            throws LDAPException {
        String group = option(options, "group");
        if (group.isEmpty()) {
            return new Outcome.Refused("The option group of the target is empty");
        }
        String member = option(options, "member-attribute");
        boolean wanted = action.kind().equals("group.add");
        // Servers differ in how they refuse what is so already (OpenLDAP 20 and 16, Active Directory 68 and 53).
        if (connection.compare(group, member, entry.getDN()).compareMatched() == wanted) {
            return new Outcome.AlreadyDone(wanted ? "The user was in the group" : "The user was not in the group");
        }
        connection.modify(
                group,
                new Modification(wanted ? ModificationType.ADD : ModificationType.DELETE, member, entry.getDN()));
        return new Outcome.Done("LDAP 0 (success)");
    }

    private static String option(Map<String, String> options, String name) {
        return options.getOrDefault(name, "");
    }
}
