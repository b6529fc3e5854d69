package io.signalbox.targets;

import io.signalbox.testing.Authority;
import io.signalbox.testing.Authority.Issued;
import io.signalbox.testing.Authority.Revokable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Where the real targets run: one folder, with an authority that all of them and the gateway trust. */
final class Lab implements AutoCloseable {

    /** The name in the gateway's own certificate. */
    static final String GATEWAY = "gateway.acme.example";

    private final Path folder;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Authority authority = new Authority("Acme lab CA");

    Lab(Path folder) throws Exception {
        this.folder = folder;
        Files.writeString(folder.resolve("ca.pem"), authority.pem());
        certified("gateway", GATEWAY);
    }

    /** A folder for one target. */
    Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    Path ca() {
        return folder.resolve("ca.pem");
    }

    /** Certificate, beside it the key: {@code <file>.pem} and {@code <file>.key}. */
    Path certified(String file, String commonName, String... names) throws Exception {
        Issued issued = authority.issue(commonName, Revokable.BY_NOBODY, names);
        Files.writeString(key(file), issued.keyPem());
        return Files.writeString(folder.resolve(file + ".pem"), issued.pem());
    }

    Path key(String file) {
        return folder.resolve(file + ".key");
    }

    /** A file that holds this text and no line break, as secrets come. */
    Path secret(String file, String text) throws IOException {
        return Files.writeString(folder.resolve(file), text);
    }

    /** The SSL bundle {@code lab}: trusts the authority, and shows the gateway's certificate. */
    String bundle() {
        return """
                spring.ssl.bundle.pem.lab:
                  keystore: { certificate: "file:%1$s/gateway.pem", private-key: "file:%1$s/gateway.key" }
                  truststore: { certificate: "file:%1$s/ca.pem" }
                """.formatted(folder);
    }

    /** Starts a process there that ends with this. */
    OwnProcess start(String name, Path where, Map<String, String> environment, List<String> command)
            throws IOException {
        return owns(OwnProcess.start(name, where, environment, command));
    }

    /** From now on it ends with this. */
    <T extends AutoCloseable> T owns(T started) {
        running.push(started);
        return started;
    }

    @Override
    public void close() throws Exception {
        while (!running.isEmpty()) {
            running.pop().close();
        }
        authority.close();
    }
}
