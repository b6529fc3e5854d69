package io.signalbox.act.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import io.signalbox.action.Action;
import io.signalbox.action.Identities.Explained;
import io.signalbox.action.Outcome;
import io.signalbox.http.CommandHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.testing.MovableClock;
import io.signalbox.testing.SampleActions;
import io.signalbox.testing.ScimServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class ResolveIdentityTest {

    private static final String ALICE = "alice@acme.example";
    private static final String TARGET = "signalbox.targets.vpn.";
    private static final ScimServer SCIM =
            new ScimServer().add("a-1", "alice", ALICE, "ext-alice").add("b-2", "bob", "bob@acme.example", "ext-bob");
    private static InMemoryDirectoryServer ldap;

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();
    private final List<CommandHttp> opened = new ArrayList<>();

    @BeforeAll
    static void directory() throws Exception {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=acme,dc=example");
        config.addAdditionalBindCredentials("cn=signalbox", "ldap-password");
        config.setAuthenticationRequiredOperationTypes(com.unboundid.ldap.sdk.OperationType.SEARCH);
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("loopback", InetAddress.getLoopbackAddress(), 0, null));
        config.setSchema(null);
        ldap = new InMemoryDirectoryServer(config);
        ldap.add("dn: dc=acme,dc=example", "objectClass: domain", "dc: acme");
        entry("alice", ALICE);
        entry("bob", "bob@acme.example");
        entry("bob2", "bob@acme.example");
        ldap.startListening();
    }

    private static void entry(String uid, String mail) throws Exception {
        ldap.add(
                "dn: uid=" + uid + ",dc=acme,dc=example",
                "objectClass: inetOrgPerson",
                "uid: " + uid,
                "cn: " + uid,
                "sn: " + uid,
                "mail: " + mail);
    }

    @AfterAll
    static void shut() {
        ldap.shutDown(true);
        SCIM.close();
    }

    @AfterEach
    void close() {
        opened.forEach(CommandHttp::close);
    }

    /** A target whose chain is this; members beginning with a digit are of that step. */
    private ResolveIdentity chain(String... settings) {
        MockEnvironment environment = new MockEnvironment();
        Map<String, String> all = new TreeMap<>(Map.of(
                TARGET + "kind",
                "webhook",
                TARGET + "url",
                "http://127.0.0.1:1/",
                TARGET + "secret-env",
                "VPN_SECRET",
                "VPN_SECRET",
                "0123456789abcdef",
                "SCIM_TOKEN",
                ScimServer.TOKEN,
                "LDAP_PASSWORD",
                "ldap-password",
                "signalbox.http.allow",
                "127.0.0.0/8"));
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            String name = setting.substring(0, equals);
            all.put(
                    Character.isDigit(name.charAt(0))
                            ? TARGET + "resolve[" + name.charAt(0) + "]" + name.substring(1)
                            : name,
                    setting.substring(equals + 1));
        }
        all.forEach(environment::setProperty);
        CommandHttp http = CommandHttp.open(environment, List.of());
        opened.add(http);
        return (ResolveIdentity) ResolveIdentity.configured(environment, http, http.sockets(), clock);
    }

    private static String[] ldapStep(String... more) {
        List<String> all = new ArrayList<>(List.of(
                "0.by=ldap",
                "0.url=ldap://127.0.0.1:" + ldap.getListenPort(),
                "0.base=dc=acme,dc=example",
                "0.filter=(mail={email})",
                "0.bind-dn=cn=signalbox",
                "0.password-env=LDAP_PASSWORD"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String[] scimStep(String... more) {
        List<String> all = new ArrayList<>(
                List.of("0.by=scim", "0.url=" + SCIM.url(), "0.token-env=SCIM_TOKEN", "0.attribute=userName"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static Action about(@Nullable SubjectIdentifier subject) {
        return SampleActions.of("vpn.disconnect", "vpn", subject);
    }

    private static @Nullable String identity(ResolveIdentity chain, SubjectIdentifier subject) {
        return chain.at(about(subject), "vpn", 0).identity();
    }

    private static @Nullable Outcome outcome(ResolveIdentity chain, SubjectIdentifier subject) {
        return chain.at(about(subject), "vpn", 0).outcome();
    }

    private static SubjectIdentifier email(String address) {
        return SampleActions.email(address);
    }

    @Test
    void handsOnTheSubjectAsItCameWhereNothingIsConfigured() {
        assertThat(chain().at(about(email(ALICE)), "vpn", 0)).isEqualTo(new ResolveIdentity.Resolution(null, null));
    }

    @Test
    void findsWhoStandsInATable() {
        ResolveIdentity chain = chain(
                "0.by=table",
                "0.entries[0]=email:" + ALICE + " = a-1",
                "0.entries[1]=iss_sub:https://idp.example.com,8f3a = a-1",
                "0.entries[2]=phone_number:+49 30 1234 = a-1",
                "0.entries[3]=email:bob@acme.example = b-1",
                "0.entries[4]=email:bob@acme.example = b-2");

        assertThat(identity(chain, email("alice@ACME.example"))).isEqualTo("a-1");
        assertThat(identity(
                        chain,
                        new SubjectIdentifier("iss_sub", Map.of("iss", "https://idp.example.com", "sub", "8f3a"))))
                .isEqualTo("a-1");
        assertThat(identity(chain, new SubjectIdentifier("phone_number", Map.of("phone_number", "+49301234"))))
                .isEqualTo("a-1");
        assertThat(outcome(chain, email("mallory@acme.example")))
                .isEqualTo(new Outcome.Unmatched("Nobody: table: not in the table"));
        assertThat(outcome(chain, email("bob@acme.example")))
                .as("two identities are nobody's")
                .isEqualTo(new Outcome.Unmatched("Not one alone: table: in the table with 2 identities"));
    }

    @Test
    void readsATableAgainWhenItChangesAndKeepsItWhenTheNewOneIsBroken() throws IOException {
        Path csv = Files.writeString(
                folder.resolve("vpn.csv"), "subject,identity\n\"iss_sub:https://idp,8\",i-8\n# later\n");
        Path yaml = Files.writeString(folder.resolve("vpn.yaml"), "email:bob@acme.example: \"7\"\n");
        ResolveIdentity chain = chain("0.by=table", "0.file=" + csv, "1.by=table", "1.file=" + yaml);
        SubjectIdentifier sub = new SubjectIdentifier("iss_sub", Map.of("iss", "https://idp", "sub", "8"));

        assertThat(identity(chain, sub)).isEqualTo("i-8");
        assertThat(identity(chain, email("bob@acme.example"))).isEqualTo("7");
        assertThat(identity(chain, email(ALICE))).isNull();
        assertThat(chain.changed()).isEmpty();

        Files.writeString(csv, "subject,identity\nemail:" + ALICE + ",a-1\n");
        assertThat(chain.changed()).containsExactly("vpn");
        assertThat(identity(chain, email(ALICE)))
                .as("nothing of before is remembered")
                .isEqualTo("a-1");
        assertThat(identity(chain, sub)).isNull();

        Files.writeString(csv, "subject,identity\nnobody at all,a-1\n");
        assertThat(chain.changed()).isEmpty();
        assertThat(identity(chain, email(ALICE))).isEqualTo("a-1");
    }

    @ParameterizedTest
    @CsvSource({
        "{email.local}, email, alice@acme.example, alice",
        "corp\\{email.local}, email, alice@acme.example, corp\\alice",
        "{email}, email, alice@Acme.Example, alice@acme.example",
        "{account.local}@vpn, account, acct:alice@acme.example, alice@vpn",
        "{id}, opaque, 4711, 4711",
        "{phone_number}, phone_number, +49 30 1234, +49301234",
        "{email.local}, opaque, 4711, ",
        "{sub}, email, alice@acme.example, "
    })
    void makesTheIdentityOfTheSubject(String template, String format, String value, @Nullable String identity) {
        String member = Map.of("email", "email", "account", "uri", "opaque", "id", "phone_number", "phone_number")
                .get(format);

        assertThat(identity(
                        chain("0.by=template", "0.template=" + template),
                        new SubjectIdentifier(format, Map.of(member, value))))
                .isEqualTo(identity);
    }

    @Test
    void searchesAScimServiceOtherThanTheTarget() {
        ResolveIdentity chain = chain(scimStep());

        assertThat(identity(chain, email(ALICE))).isEqualTo("alice");
        assertThat(identity(chain, new SubjectIdentifier("opaque", Map.of("id", "b-2"))))
                .isEqualTo("bob");
        assertThat(outcome(chain, email("mallory@acme.example")))
                .isEqualTo(new Outcome.Unmatched("Nobody: scim: no user matches"));
        assertThat(SCIM.calls()).as("no address in a URL").allMatch(call -> call.endsWith("/Users/.search"));
    }

    @Test
    void searchesADirectory() {
        ResolveIdentity chain = chain(ldapStep());

        assertThat(identity(chain, email(ALICE))).isEqualTo("alice");
        assertThat(outcome(chain, email("mallory@acme.example")))
                .isEqualTo(new Outcome.Unmatched("Nobody: ldap: no entry matches"));
        assertThat(outcome(chain, email("bob@acme.example"))).isInstanceOf(Outcome.Unmatched.class);
        assertThat(identity(chain(ldapStep("0.attribute=dn")), email(ALICE))).isEqualTo("uid=alice,dc=acme,dc=example");
    }

    /** RFC 4515: a parenthesis or a star in an address must not end the value or match everybody. */
    @ParameterizedTest
    @ValueSource(
            strings = {"*@acme.example", "a*e@acme.example", "x)(uid=alice", "x)(|(uid=alice)", "x\\2a", "alice\0@x"})
    void readsNoFilterOutOfAnAddress(String address) {
        assertThat(outcome(chain(ldapStep()), email(address))).isInstanceOf(Outcome.Unmatched.class);
        assertThat(outcome(chain(scimStep()), email(address + "\" or userName pr or userName eq \"")))
                .isInstanceOf(Outcome.class);
    }

    @Test
    void isNotToldYetByADirectoryThatDoesNotAnswer() {
        assertThat(outcome(chain(ldapStep("0.url=ldap://127.0.0.1:1")), email(ALICE)))
                .isInstanceOf(Outcome.NoAnswer.class);
        assertThat(outcome(chain(scimStep("0.url=http://127.0.0.1:1")), email(ALICE)))
                .isInstanceOf(Outcome.NoAnswer.class);
        assertThat(outcome(chain(ldapStep("LDAP_PASSWORD=wrong")), email(ALICE)))
                .isEqualTo(new Outcome.NoAnswer(
                        "Not known yet whom the subject is: ldap: no result: invalid credentials", null));
    }

    @Test
    void callsNoDirectoryAtAnAddressThatNobodyListed() {
        assertThat(outcome(chain(ldapStep("signalbox.http.allow=192.0.2.0/24")), email(ALICE)))
                .isEqualTo(new Outcome.NoAnswer(
                        "Not known yet whom the subject is: ldap: its address may not be called;"
                                + " signalbox.http.allow lists what may",
                        null));
    }

    @Test
    void asksStepAfterStepUntilOneKnows() {
        String[] first = {"0.by=table", "0.entries[0]=email:" + ALICE + " = from-the-table"};
        String[] second = {"1.by=template", "1.template={email.local}"};
        String[] last = {"2.by=subject"};
        ResolveIdentity chain = chain(both(both(first, second), last));

        assertThat(identity(chain, email(ALICE))).isEqualTo("from-the-table");
        assertThat(identity(chain, email("bob@acme.example"))).isEqualTo("bob");
        assertThat(chain.at(about(new SubjectIdentifier("did", Map.of("url", "did:example:1"))), "vpn", 0))
                .as("the last step hands it on")
                .isEqualTo(new ResolveIdentity.Resolution(null, null));
        assertThat(outcome(chain(both(first, second)), new SubjectIdentifier("did", Map.of("url", "did:example:1"))))
                .isEqualTo(new Outcome.Unmatched(
                        "Nobody: table: not in the table; template: the subject lacks what the template names"));
    }

    /** What a later step finds may be somebody else than one of the two. */
    @Test
    void asksNobodyElseOnceTwoWereFoundOrNobodyAnswers() {
        String[] template = {"1.by=template", "1.template={email.local}"};

        assertThat(outcome(chain(both(ldapStep(), template)), email("bob@acme.example")))
                .isInstanceOf(Outcome.Unmatched.class);
        assertThat(outcome(chain(both(ldapStep("0.url=ldap://127.0.0.1:1"), template)), email(ALICE)))
                .isInstanceOf(Outcome.NoAnswer.class);
    }

    /** U-25. */
    @Test
    void takesAliasesForOneOnlyIfTheyAreOne() {
        ResolveIdentity chain = chain(
                "0.by=table",
                "0.entries[0]=email:" + ALICE + " = a-1",
                "0.entries[1]=opaque:1 = a-1",
                "0.entries[2]=opaque:2 = b-2");

        assertThat(identity(chain, aliases("1"))).isEqualTo("a-1");
        assertThat(identity(chain, aliases("unknown"))).isEqualTo("a-1");
        assertThat(outcome(chain, aliases("2")))
                .isEqualTo(new Outcome.Unmatched("Not one alone: its aliases are 2 different ones"));
    }

    private static SubjectIdentifier aliases(String id) {
        return new SubjectIdentifier(
                "aliases", Map.of("identifiers", List.of(email(ALICE).toJson(), Map.of("format", "opaque", "id", id))));
    }

    @Test
    void looksForTheDeviceWhereSomethingIsDoneToADevice() {
        ResolveIdentity chain = chain("0.by=template", "0.template={id}", "1.by=template", "1.template={email}");
        SubjectIdentifier both = new SubjectIdentifier(
                "complex",
                Map.of("user", email(ALICE).toJson(), "device", Map.of("format", "opaque", "id", "laptop-1")));

        assertThat(chain.at(SampleActions.of("device.quarantine", "vpn", both), "vpn", 0)
                        .identity())
                .isEqualTo("laptop-1");
        assertThat(chain.at(SampleActions.of("account.disable", "vpn", both), "vpn", 0)
                        .identity())
                .isEqualTo(ALICE);
        assertThat(outcome(
                        chain,
                        new SubjectIdentifier("complex", Map.of("tenant", Map.of("format", "opaque", "id", "t")))))
                .isInstanceOf(Outcome.Unmatched.class);
    }

    @Test
    void remembersForAWhileWhomItFoundAndForAShorterOneWhomItDidNot() {
        ResolveIdentity chain = chain(scimStep("signalbox.resolve.cache-size=2"));
        SubjectIdentifier mallory = email("mallory@acme.example");
        int before = SCIM.calls().size();

        identity(chain, email(ALICE));
        identity(chain, email(ALICE));
        outcome(chain, mallory);
        outcome(chain, mallory);
        assertThat(SCIM.calls()).hasSize(before + 2);

        chain.at(about(mallory), "vpn", 1);
        assertThat(SCIM.calls()).as("one that was tried before looks anew").hasSize(before + 3);

        clock.forward(Duration.ofSeconds(61));
        identity(chain, email(ALICE));
        outcome(chain, mallory);
        assertThat(SCIM.calls()).as("a minute for nobody").hasSize(before + 4);

        identity(chain, email("bob@acme.example"));
        identity(chain, email(ALICE));
        assertThat(SCIM.calls()).as("what was asked for longest makes room").hasSize(before + 6);

        clock.forward(Duration.ofMinutes(11));
        identity(chain, email(ALICE));
        assertThat(SCIM.calls()).hasSize(before + 7);
    }

    @Test
    void explainsEachStepOfEachTarget() {
        ResolveIdentity chain = chain(both(ldapStep(), new String[] {"1.by=template", "1.template={email.local}"}));

        assertThat(chain.explain(email("carol@acme.example"))).singleElement().satisfies(one -> {
            assertThat(one.target()).isEqualTo("vpn");
            assertThat(one.verdict()).isEqualTo("matched");
            assertThat(one.identity()).isEqualTo("carol");
            assertThat(one.steps()).hasSize(2);
            assertThat(one.steps().get(0).asked()).startsWith("(mail=carol@acme.example) below dc=acme,dc=example at ");
            assertThat(one.steps().get(0).found()).isEqualTo("no entry matches");
        });
        assertThat(chain.explain(email("bob@acme.example")))
                .extracting(Explained::verdict)
                .containsExactly("ambiguous");
        assertThat(chain().explain(email(ALICE))).extracting(Explained::verdict).containsExactly("passed-on");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.by=guess | resolve[0].by",
                "0.by=table | resolve[0]",
                "0.by=table;0.file=/no/such/file.csv | resolve[0].file",
                "0.by=table;0.entries[0]=alice | resolve[0].entries[0]",
                "0.by=template | resolve[0].template",
                "0.by=template;0.template=everybody | resolve[0].template",
                "0.by=template;0.template={name} | resolve[0].template",
                "0.by=ldap;0.base=dc=x | resolve[0].url",
                "0.by=ldap;0.base=dc=x;0.url=ldap://dc.example.com | resolve[0].url",
                "0.by=ldap;0.base=dc=x;0.url=ldaps://dc.example.com;0.filter=(mail={email});0.bind-dn=cn=x |"
                        + " resolve[0].bind-dn",
                "0.by=scim;0.url=http://hr.example.com | resolve[0].url",
                "0.by=scim;0.url=https://hr.example.com;0.token-env=NO_SUCH | resolve[0].token-env",
                "signalbox.resolve.cache-size=0 | signalbox.resolve.cache-size",
                "signalbox.resolve.look-again=1h;signalbox.resolve.longest-look-again=1m |"
                        + " signalbox.resolve.longest-look-again"
            })
    void stopsTheStartNamingTheKey(String settings, String key) {
        assertThatThrownBy(() -> chain(settings.split(";", -1)))
                .satisfies(failure -> assertThat(causes(failure)).contains(key));
    }

    private static String causes(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }

    private static String[] both(String[] first, String... second) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }
}
