package io.signalbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where this node keeps what must survive a restart.
 *
 * @param dataDirectory folder of the embedded ledger, the embedded broker's journal and generated keys; made on first
 *     use, readable by its owner alone. Default: {@code ./data}
 */
@ConfigurationProperties("signalbox")
public record Home(@DefaultValue("./data") Path dataDirectory) {

    /** A place in the data directory. The directory is made if it is not there yet, the place itself is not. */
    public Path resolve(String name) {
        Path home = dataDirectory.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(home)) {
                createOwnersOnly(home);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "signalbox.data-directory: the folder " + home + " is not there and cannot be made", e);
        }
        return home.resolve(name);
    }

    /** The mode is given at creation: a folder that is opened up even for a moment can be opened by others. */
    private static void createOwnersOnly(Path home) throws IOException {
        if (home.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(home);
        }
    }
}
