package io.signalbox.targets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * OpenLDAP's server with its password policy, over TLS. The gateway's account there may write what its connector says
 * that it needs, and nothing else. What holds is asked with OpenLDAP's own tools.
 */
final class Slapd implements RealTarget {

    static final List<String> NEEDS =
            List.of("/usr/sbin/slapd", "/usr/sbin/slapadd", "/usr/bin/ldapwhoami", "/usr/lib/ldap/ppolicy.so");

    private static final String ROOT = "dc=acme,dc=example";
    private static final String STAFF = "cn=staff," + ROOT;
    private static final String GATEWAY = "cn=signalbox," + ROOT;
    private static final String PASSWORD = "a-password-of-the-gateway";
    private static final String USERS = "correct horse battery staple";
    private static final String CHANGED = "another password altogether";

    private static final int INVALID_CREDENTIALS = 49;

    private static final int INSUFFICIENT_ACCESS = 50;

    private final Path folder;
    private final String url;
    private final Map<String, String> trusting;
    private final Path token;

    private Slapd(Lab lab) throws Exception {
        folder = lab.folder("slapd");
        int port = OwnProcess.freeTcpPort();
        url = "ldaps://127.0.0.1:" + port;
        trusting = Map.of("LDAPTLS_CACERT", lab.ca().toString());
        token = lab.secret("slapd-token", PASSWORD);
        Path certificate = lab.certified("slapd", "directory.acme.example", "127.0.0.1");
        Files.createDirectories(folder.resolve("db"));
        Path configuration =
                Files.writeString(folder.resolve("slapd.conf"), configuration(lab.ca(), certificate, lab.key("slapd")));
        Path entries = Files.writeString(folder.resolve("entries.ldif"), entries());
        command("/usr/sbin/slapadd", "-q", "-f", configuration.toString(), "-l", entries.toString())
                .well();
        lab.start(
                        "slapd",
                        folder,
                        Map.of(),
                        List.of("/usr/sbin/slapd", "-f", configuration.toString(), "-h", url + "/", "-d", "none"))
                .ready(() -> bound("standby") == 0);
    }

    static RealTarget start(Lab lab) throws Exception {
        return new Slapd(lab);
    }

    private String configuration(Path ca, Path certificate, Path key) {
        return """
                include /etc/ldap/schema/core.schema
                include /etc/ldap/schema/cosine.schema
                include /etc/ldap/schema/inetorgperson.schema
                modulepath /usr/lib/ldap
                moduleload back_mdb
                moduleload ppolicy
                pidfile %1$s/pid
                argsfile %1$s/args
                TLSCACertificateFile %2$s
                TLSCertificateFile %3$s
                TLSCertificateKeyFile %4$s

                database mdb
                directory %1$s/db
                suffix "%5$s"
                rootdn "cn=admin,%5$s"
                overlay ppolicy
                ppolicy_default "cn=default,ou=policies,%5$s"

                access to attrs=pwdAccountLockedTime,pwdReset by dn.exact="%6$s" write
                access to dn.exact="%7$s" attrs=member by dn.exact="%6$s" write by * read
                access to attrs=userPassword by self =xw by anonymous auth
                access to * by dn.exact="%6$s" read by self read by users read
                """.formatted(folder, ca, certificate, key, ROOT, GATEWAY, STAFF);
    }

    private static String entries() {
        List<String> users = List.of("ada", "grace", "joan", "loose", "lenient", "standby");
        return """
                dn: %1$s
                objectClass: domain
                dc: acme

                dn: ou=policies,%1$s
                objectClass: organizationalUnit
                ou: policies

                dn: cn=default,ou=policies,%1$s
                objectClass: device
                objectClass: pwdPolicy
                cn: default
                pwdAttribute: userPassword
                pwdLockout: TRUE
                pwdMustChange: TRUE

                dn: cn=none,ou=policies,%1$s
                objectClass: device
                objectClass: pwdPolicy
                cn: none
                pwdAttribute: userPassword

                dn: %2$s
                objectClass: device
                objectClass: simpleSecurityObject
                cn: signalbox
                userPassword: %3$s

                dn: %4$s
                objectClass: groupOfNames
                cn: staff
                member: uid=grace,%1$s
                member: uid=standby,%1$s

                """.formatted(ROOT, GATEWAY, PASSWORD, STAFF)
                + String.join("\n", users.stream().map(Slapd::entry).toList());
    }

    private static String entry(String user) {
        return """
                dn: uid=%1$s,%2$s
                objectClass: inetOrgPerson
                uid: %1$s
                cn: %1$s
                sn: %1$s
                mail: %1$s@acme.example
                userPassword: %3$s
                %4$s""".formatted(
                user, ROOT, USERS, user.startsWith("l") ? "pwdPolicySubentry: cn=none,ou=policies," + ROOT + "\n" : "");
    }

    @Override
    public String version() throws IOException {
        return command("/usr/sbin/slapd", "-VV").firstLine();
    }

    @Override
    public String targets() {
        return """
                directory:
                  kind: ldap
                  url: %s
                  token-file: %s
                  auth: { username: "%s" }
                  ssl-bundle: lab
                  options: { server: openldap, base: "%s", group: "%s" }
                """.formatted(url, token, GATEWAY, ROOT, STAFF);
    }

    @Override
    public List<Trial> trials() {
        return List.of(
                Trial.of(
                                "directory-disable",
                                "actions.disableAccount().at(\"directory\")",
                                "account.disable",
                                mail("ada"))
                        .before(() -> assertThat(bound("ada")).isZero())
                        .effect(() -> assertThat(bound("ada")).isEqualTo(INVALID_CREDENTIALS))
                        .undone(() -> assertThat(bound("ada")).isZero()),
                Trial.of(
                                "directory-group",
                                "actions.removeFromGroup(\"staff\").at(\"directory\")",
                                "group.remove",
                                mail("grace"))
                        .before(() -> assertThat(members()).contains("uid=grace,"))
                        .effect(() -> assertThat(members()).doesNotContain("uid=grace,"))
                        .undone(() -> assertThat(members()).contains("uid=grace,")),
                Trial.of(
                                "directory-reset",
                                "actions.resetCredential().at(\"directory\")",
                                "credential.reset",
                                mail("joan"))
                        .before(() -> assertThat(search("joan", USERS)).isZero())
                        .effect(() -> assertThat(search("joan", USERS)).isEqualTo(INSUFFICIENT_ACCESS))
                        // Nothing but the user's own change of the password takes it back.
                        .afterwards(() -> {
                            as("joan", USERS, "/usr/bin/ldappasswd", "-s", CHANGED)
                                    .well();
                            assertThat(search("joan", CHANGED)).isZero();
                        }),
                // As the README says: written, and without effect. If this fails, the README can promise more.
                Trial.of(
                                "directory-no-policy",
                                "actions.disableAccount().at(\"directory\")",
                                "account.disable",
                                mail("loose"))
                        .effect(() -> assertThat(bound("loose")).isZero())
                        .undone(() -> assertThat(bound("loose")).isZero()),
                Trial.of(
                                "directory-reset-no-policy",
                                "actions.resetCredential().at(\"directory\")",
                                "credential.reset",
                                mail("lenient"))
                        .effect(() -> assertThat(search("lenient", USERS)).isZero()));
    }

    private static String mail(String user) {
        return user + "@acme.example";
    }

    private String members() throws IOException {
        return as("standby", USERS, "/usr/bin/ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", STAFF, "member")
                .well();
    }

    private int search(String user, String password) throws IOException {
        return as(user, password, "/usr/bin/ldapsearch", "-b", "uid=" + user + "," + ROOT)
                .exitCode();
    }

    /** What comes of logging in. */
    private int bound(String user) throws IOException {
        return as(user, USERS, "/usr/bin/ldapwhoami").exitCode();
    }

    private OwnProcess.Ended as(String user, String password, String tool, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(tool, "-x", "-H", url, "-D", "uid=" + user + "," + ROOT, "-w", password));
        command.addAll(List.of(arguments));
        return command(command.toArray(String[]::new));
    }

    private OwnProcess.Ended command(String... command) throws IOException {
        try {
            return OwnProcess.run(folder, trusting, List.of(command));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
