package io.signalbox.act.resolve;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectNotation;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A list of subjects with their identities at the target, in the configuration or in a file that is read again when its
 * content changes. A subject that stands there with two identities is nobody's. What cannot be read is not taken: the
 * table goes on as it was, and the log says which line is to be mended, never what it holds.
 */
final class TableQuestion implements Question {

    private static final Logger LOG = LoggerFactory.getLogger(TableQuestion.class);
    private static final long LARGEST = 64L * 1024 * 1024;
    private static final String ENTRY = " = ";

    private final String key;
    private final @Nullable Path file;
    private volatile Map<String, Set<String>> table;
    private @Nullable String content;

    private TableQuestion(String key, @Nullable Path file, Map<String, Set<String>> table) {
        this.key = key;
        this.file = file;
        this.table = table;
    }

    /** @throws IllegalArgumentException naming the key and the line, if one says nobody */
    static TableQuestion inline(String key, List<String> entries) {
        Map<String, Set<String>> table = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            int split = entries.get(i).lastIndexOf(ENTRY);
            add(
                    table,
                    key + "[" + i + "]",
                    split < 0 ? "" : entries.get(i).substring(0, split),
                    split < 0 ? "" : entries.get(i).substring(split + ENTRY.length()));
        }
        return new TableQuestion(key, null, table);
    }

    /** @throws IllegalArgumentException naming the key, if the file is no table */
    static TableQuestion file(String key, Path file) {
        TableQuestion question = new TableQuestion(key, file, Map.of());
        try {
            boolean ignored = question.read();
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": " + file + " cannot be read", e);
        }
        return question;
    }

    @Override
    public String name() {
        return "table";
    }

    /** Looks whether the file says something else by now. */
    synchronized boolean changed() {
        try {
            return file != null && read();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{}", e instanceof IOException ? key + ": " + file + " cannot be read" : e.getMessage());
            return false;
        }
    }

    @Override
    public Asked ask(SubjectIdentifier one) {
        Set<String> found = table.getOrDefault(one.fingerprint(), Set.of());
        String asked = Wire.write(one.canonical().toJson()) + " in " + (file == null ? key : file);
        if (found.size() == 1) {
            return new Asked(asked, new Answer.One(found.iterator().next()));
        }
        return new Asked(
                asked,
                found.isEmpty()
                        ? new Answer.Nobody("not in the table")
                        : new Answer.Several("in the table with " + found.size() + " identities"));
    }

    private synchronized boolean read() throws IOException {
        Path path = java.util.Objects.requireNonNull(file);
        if (Files.size(path) > LARGEST) {
            throw new IllegalArgumentException(key + ": " + path + " is larger than 64 MiB");
        }
        String now = Files.readString(path, StandardCharsets.UTF_8);
        if (now.equals(content)) {
            return false;
        }
        // Remembered even if it is no table: what is wrong is said once, not every few seconds.
        content = now;
        String name = path.toString().toLowerCase(java.util.Locale.ROOT);
        table = name.endsWith(".yaml") || name.endsWith(".yml") ? yaml(now) : csv(now);
        return true;
    }

    private Map<String, Set<String>> yaml(String text) {
        Object read;
        try {
            read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(key + ": " + file + " is no YAML");
        }
        Map<String, Set<String>> table = new HashMap<>();
        if (read != null && !(read instanceof Map<?, ?>)) {
            throw new IllegalArgumentException(key + ": " + file + " must be a map of subjects to identities");
        }
        int[] entry = {0};
        if (read instanceof Map<?, ?> map) {
            map.forEach((subject, identity) -> add(
                    table,
                    key + ": " + file + ", entry " + ++entry[0],
                    String.valueOf(subject),
                    String.valueOf(identity)));
        }
        return table;
    }

    /** A header, then one subject a line (RFC 4180); a value with a comma or a quotation mark stands in quotation marks. */
    private Map<String, Set<String>> csv(String text) {
        Map<String, Set<String>> table = new HashMap<>();
        String[] lines = text.split("\\R", -1);
        if (!lines[0].replace("\uFEFF", "").replace(" ", "").equalsIgnoreCase("subject,identity")) {
            throw new IllegalArgumentException(key + ": " + file + " must begin with the line subject,identity");
        }
        for (int i = 1; i < lines.length; i++) {
            if (!lines[i].isBlank() && !lines[i].startsWith("#")) {
                String[] cells = cells(lines[i]);
                add(table, key + ": " + file + ", line " + (i + 1), cells[0], cells[1]);
            }
        }
        return table;
    }

    /** Two, both empty if the line has another number of them. */
    private static String[] cells(String line) {
        StringBuilder[] cells = {new StringBuilder(), new StringBuilder()};
        int cell = 0;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cells[cell].append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                if (++cell > 1) {
                    return new String[] {"", ""};
                }
            } else {
                cells[cell].append(c);
            }
        }
        return quoted ? new String[] {"", ""} : new String[] {cells[0].toString(), cells[1].toString()};
    }

    private static void add(Map<String, Set<String>> table, String place, String subject, String identity) {
        Optional<SubjectIdentifier> read = subject(subject.strip());
        if (read.isEmpty() || identity.isBlank()) {
            throw new IllegalArgumentException(
                    place + ": must name a subject, such as email:alice@acme.example, and its identity at the target");
        }
        table.computeIfAbsent(read.get().fingerprint(), any -> new TreeSet<>()).add(identity.strip());
    }

    private static Optional<SubjectIdentifier> subject(String text) {
        try {
            return text.startsWith("{") ? SubjectIdentifier.of(Wire.readObject(text)) : SubjectNotation.read(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
