package io.signalbox.act.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import io.signalbox.action.GuardBoard;
import io.signalbox.action.Outcome;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.ActStage;
import io.signalbox.testing.SampleActions;
import io.signalbox.testing.ScimServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nobody who is protected is touched, whatever identifier they come under; and while nobody knows, nobody is. */
class AffectedAccountTest {

    private static final ScimServer SCIM = new ScimServer();
    private static InMemoryDirectoryServer ldap;

    @BeforeAll
    static void directories() throws Exception {
        SCIM.add("id-ada", "ada", "ada@acme.example", "x-ada")
                .add("id-bob", "bob", "bob@acme.example", "x-bob")
                .add("id-eve", "eve", "eve@acme.example", "x-eve")
                .addGroup("g-2", "Root", "id-bob")
                .addGroup("g-1", "Administrators", "id-ada", "g-2");
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=acme,dc=example");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("loopback", InetAddress.getLoopbackAddress(), 0, null));
        config.setSchema(null);
        ldap = new InMemoryDirectoryServer(config);
        ldap.add("dn: dc=acme,dc=example", "objectClass: domain", "dc: acme");
        for (String uid : new String[] {"ada", "bob", "eve"}) {
            ldap.add(
                    "dn: uid=" + uid + ",dc=acme,dc=example",
                    "objectClass: inetOrgPerson",
                    "uid: " + uid,
                    "cn: " + uid,
                    "sn: " + uid,
                    "mail: " + uid + "@acme.example",
                    "title: " + (uid.equals("eve") ? "user" : "admin"));
        }
        // More than one page of them.
        for (int n = 0; n < 600; n++) {
            ldap.add(
                    "dn: uid=svc" + n + ",dc=acme,dc=example",
                    "objectClass: inetOrgPerson",
                    "uid: svc" + n,
                    "cn: svc",
                    "sn: svc",
                    "mail: svc" + n + "@acme.example",
                    "title: admin");
        }
        ldap.startListening();
    }

    @AfterAll
    static void shut() {
        ldap.shutDown(true);
        SCIM.close();
    }

    private static ActStage stage(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "signalbox.targets.dir.kind", "scim",
                "signalbox.targets.dir.url", SCIM.url(),
                "signalbox.targets.dir.token-env", "SCIM_TOKEN",
                "SCIM_TOKEN", ScimServer.TOKEN,
                "HOOK_SECRET", "0123456789abcdef",
                "signalbox.targets.gate.kind", "webhook",
                "signalbox.targets.gate.url", "http://127.0.0.1:1",
                "signalbox.targets.gate.secret-env", "HOOK_SECRET"));
        properties.putAll(more);
        return new ActStage(properties);
    }

    private static @Nullable Outcome outcome(ActStage stage, String kind, String target, SubjectIdentifier subject) {
        var action = SampleActions.of(kind, target, subject);
        return stage.step(AffectedAccount.class)
                .outcome(action, target, stage.step(ResolveIdentity.class).at(action, target, 0));
    }

    private static SubjectIdentifier opaque(String id) {
        return new SubjectIdentifier("opaque", Map.of("id", id));
    }

    @Test
    void theMembersOfAGroupAndOfGroupsInItAreNotTouchedAndNobodyIsWhileItCannotBeRead() {
        try (ActStage stage = stage(Map.of(
                "signalbox.targets.dir.protect[0].by", "scim",
                "signalbox.targets.dir.protect[0].group", "Administrators"))) {
            SCIM.withoutGroups(true);
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-eve")))
                    .as("nobody knows")
                    .isInstanceOf(Outcome.NoAnswer.class);
            assertThat(outcome(stage, "account.enable", "dir", opaque("id-eve")))
                    .isNull();
            SCIM.withoutGroups(false);
            for (SubjectIdentifier admin :
                    new SubjectIdentifier[] {opaque("id-ada"), SampleActions.email("ada@acme.example"), opaque("id-bob")
                    }) {
                assertThat(outcome(stage, "account.disable", "dir", admin)).isInstanceOf(Outcome.Suppressed.class);
            }
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-eve")))
                    .isNull();
            assertThat(stage.step(AffectedAccount.class).protections())
                    .singleElement()
                    .satisfies(there -> assertThat(there.accounts()).isEqualTo(2));

            SCIM.withoutGroups(true);
            stage.clock.forward(Duration.ofMinutes(9));
            stage.step(AffectedAccount.class).refresh();
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-eve")))
                    .as("what was read is good still")
                    .isNull();
            assertThat(stage.step(AffectedAccount.class).protections().get(0).problem())
                    .isEqualTo("scim group Administrators: answered HTTP 503");
            stage.clock.forward(Duration.ofMinutes(2));
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-eve")))
                    .isInstanceOf(Outcome.NoAnswer.class);
            SCIM.withoutGroups(false);
        }
    }

    @Test
    void whoeverAnLdapFilterFindsAndWhoeverIsListedIsNotTouched() {
        String directory = "ldap://127.0.0.1:" + ldap.getListenPort();
        Map<String, Object> properties = new HashMap<>(Map.of(
                "signalbox.targets.gate.resolve[0].by", "ldap",
                "signalbox.targets.gate.resolve[0].url", directory,
                "signalbox.targets.gate.resolve[0].base", "dc=acme,dc=example",
                "signalbox.targets.gate.resolve[0].filter", "(mail={email})",
                "signalbox.targets.gate.protect[0].by", "ldap",
                "signalbox.targets.gate.protect[0].url", directory,
                "signalbox.targets.gate.protect[0].base", "dc=acme,dc=example",
                "signalbox.targets.gate.protect[0].filter", "(title=admin)"));
        properties.put("signalbox.targets.gate.protect[1].by", "list");
        properties.put("signalbox.targets.gate.protect[1].entries[0]", "E*e");
        try (ActStage stage = stage(properties)) {
            for (String name : new String[] {"ada", "svc599", "eve"}) {
                assertThat(outcome(stage, "vpn.disconnect", "gate", SampleActions.email(name + "@acme.example")))
                        .isInstanceOf(Outcome.Suppressed.class);
            }
            assertThat(outcome(stage, "notify", "gate", SampleActions.email("ada@acme.example")))
                    .as("to tell somebody takes nothing away")
                    .isNull();
            assertThat(stage.step(AffectedAccount.class).protections().get(0).accounts())
                    .isEqualTo(603);
        }
    }

    @Test
    void whoIsProtectedByOneNameIsByEveryOther() {
        try (ActStage stage = stage(Map.of())) {
            stage.guard(new Guarding(SampleActions.email("ada@acme.example")));
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-ada")))
                    .isInstanceOf(Outcome.Suppressed.class);
            assertThat(outcome(stage, "account.disable", "dir", opaque("id-eve")))
                    .isNull();
            assertThat(outcome(
                            stage,
                            "vpn.disconnect",
                            "gate",
                            new SubjectIdentifier("account", Map.of("uri", "acct:ada@acme.example"))))
                    .as("the connector would call them by the same name")
                    .isInstanceOf(Outcome.Suppressed.class);
        }
    }

    /** A guard that protects one. */
    private record Guarding(SubjectIdentifier one) implements GuardBoard {
        @Override
        public List<String> protectedSubjects() {
            return List.of();
        }

        @Override
        public boolean isProtected(SubjectIdentifier subject) {
            return subject.equals(one);
        }

        @Override
        public List<SubjectIdentifier> protectedOneByOne() {
            return List.of(one);
        }

        @Override
        public boolean fourEyes() {
            return false;
        }

        @Override
        public Set<String> dryRun() {
            return Set.of();
        }

        @Override
        public List<Map<String, Object>> budgets() {
            return List.of();
        }

        @Override
        public Optional<String> approvalNamed(String link) {
            return Optional.empty();
        }
    }

    @Test
    void aSlipInTheListStopsTheStart() {
        assertThatThrownBy(() -> stage(Map.of(
                                "signalbox.targets.gate.protect[0].by", "scim",
                                "signalbox.targets.gate.protect[0].group", "Administrators"))
                        .close())
                .hasRootCauseMessage(
                        "signalbox.targets.gate.protect[0]: needs signalbox.targets.gate.resolve, or nobody"
                                + " would know whom a subject is there");
        assertThatThrownBy(() -> stage(Map.of("signalbox.targets.dir.protect[0].by", "scim"))
                        .close())
                .hasRootCauseMessage("signalbox.targets.dir.protect[0].group: must be given");
        assertThatThrownBy(() -> stage(Map.of("signalbox.targets.dir.protect[0].by", "rumour"))
                        .close())
                .hasRootCauseMessage("signalbox.targets.dir.protect[0].by: must be one of list, scim, ldap");
    }
}
