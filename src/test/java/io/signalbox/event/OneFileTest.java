package io.signalbox.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new event type is one record in one file: nothing else has to be told of it. */
class OneFileTest {

    private static final Path FAMILY = Path.of("src/main/java/io/signalbox/event/LogoutEvent.java");

    private static final String MADE_UP = """
                record BadgeLost(String colour, Map<String, Object> others) implements LogoutEvent {

                    static final EventType TYPE =
                            EventType.of("badge/lost", "https://badge.example/lost", BadgeLost::read, "urn:badge:lost");

                    private static BadgeLost read(Claims claims) {
                        return new BadgeLost(claims.text("colour"), claims.others());
                    }

                    @Override
                    public EventType type() {
                        return TYPE;
                    }

                    @Override
                    public Map<String, Object> toJson() {
                        return new Claims.Written().with("colour", colour).with(others).json();
                    }

                    @Override
                    public String toString() {
                        return alias();
                    }
                }
            }
            """;

    @TempDir
    Path classes;

    @TempDir
    Path sources;

    @Test
    void aRecordAddedToAFamilysFileIsKnownEverywhere() throws Exception {
        compile(Files.readString(FAMILY).replaceFirst("}\\s*\\z", "") + MADE_UP);
        Class<?> catalog = new Changed(classes).loadClass("io.signalbox.event.EventCatalog");

        Object read = catalog.getMethod("read", String.class, Map.class)
                .invoke(null, "urn:badge:lost", Map.of("colour", "blue", "shelf", 3));
        Object malformed = catalog.getMethod("read", String.class, Map.class)
                .invoke(null, "https://badge.example/lost", Map.of("colour", 3));
        List<?> types = (List<?>) catalog.getMethod("types").invoke(null);

        assertThat(read.toString()).isEqualTo("Read[payload=badge/lost]");
        assertThat(malformed.toString()).isEqualTo("Malformed[alias=badge/lost, claim=colour, why=must be a string]");
        assertThat(types).hasSize(EventCatalog.types().size() + 1).anyMatch(type -> type.toString()
                .equals("badge/lost"));
    }

    private void compile(String source) throws IOException {
        Path file = Files.writeString(sources.resolve("LogoutEvent.java"), source);
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            List<String> options = List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(file))
                            .call())
                    .isTrue();
        }
    }

    /** The package as it is, but for what was compiled anew. */
    private static final class Changed extends ClassLoader {

        private final Path classes;

        Changed(Path classes) {
            super(OneFileTest.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.signalbox.event.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            String path = name.replace('.', '/') + ".class";
            Path changed = classes.resolve(path);
            try (InputStream bytes = Files.exists(changed)
                    ? Files.newInputStream(changed)
                    : getParent().getResourceAsStream(path)) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] read = bytes.readAllBytes();
                return defineClass(name, read, 0, read.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
