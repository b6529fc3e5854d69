package io.signalbox.store.jdbc;

import io.signalbox.policy.PassedCheck;
import io.signalbox.policy.PolicyActivation;
import io.signalbox.policy.PolicyActivation.Cause;
import io.signalbox.policy.PolicyVersion;
import io.signalbox.wire.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows about policy: as they are written, and as they are read again for an audit. */
final class PolicyRows {

    static final String POLICY = "policy";
    static final String ACTIVATION = "activation";
    static final Set<String> KINDS = Set.of(POLICY, ACTIVATION);

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private PolicyRows() {}

    /** The columns of a version. */
    record VersionRow(String id, long publishedAt, String author, String note, String checked, String files) {

        static final String COLUMNS = "id, published_at, author, note, checked, files";

        static VersionRow of(PolicyVersion version, Map<String, String> files) {
            return new VersionRow(
                    version.id(),
                    version.publishedAt().toEpochMilli(),
                    version.author(),
                    version.note(),
                    Wire.write(version.check()),
                    packed(files));
        }

        static VersionRow read(ResultSet row, int number) throws SQLException {
            return new VersionRow(
                    row.getString("id"),
                    row.getLong("published_at"),
                    row.getString("author"),
                    row.getString("note"),
                    row.getString("checked"),
                    row.getString("files"));
        }

        String rowId() {
            return POLICY + "-" + id;
        }

        String digest() {
            return ContentDigest.of(values());
        }

        List<@Nullable String> values() {
            return List.of(POLICY, id, Long.toString(publishedAt), author, note, checked, files);
        }
    }

    /** The columns of an activation. */
    record ActivationRow(
            long number,
            String versionId,
            long at,
            String author,
            String cause,
            String note,
            @Nullable String aside,
            @Nullable Long backTo) {

        static final String COLUMNS = "number, version_id, at, author, cause, note, aside, back_to";

        static ActivationRow of(PolicyActivation activation) {
            return new ActivationRow(
                    activation.number(),
                    activation.versionId(),
                    activation.at().toEpochMilli(),
                    activation.by(),
                    activation.cause().word(),
                    activation.note(),
                    activation.aside(),
                    activation.backTo());
        }

        static ActivationRow read(ResultSet row, int number) throws SQLException {
            long backTo = row.getLong("back_to");
            boolean none = row.wasNull();
            return new ActivationRow(
                    row.getLong("number"),
                    row.getString("version_id"),
                    row.getLong("at"),
                    row.getString("author"),
                    row.getString("cause"),
                    row.getString("note"),
                    row.getString("aside"),
                    none ? null : backTo);
        }

        PolicyActivation activation() {
            return new PolicyActivation(
                    number, versionId, Instant.ofEpochMilli(at), author, Cause.ofWord(cause), note, aside, backTo);
        }

        String rowId() {
            return ACTIVATION + "-" + number;
        }

        String digest() {
            return ContentDigest.of(values());
        }

        List<@Nullable String> values() {
            return Arrays.asList(
                    ACTIVATION,
                    Long.toString(number),
                    versionId,
                    Long.toString(at),
                    author,
                    cause,
                    note,
                    aside,
                    backTo == null ? null : String.valueOf(backTo));
        }
    }

    /** Without its files, which are large. */
    static PolicyVersion version(ResultSet row, int number) throws SQLException {
        return new PolicyVersion(
                row.getString("id"),
                Instant.ofEpochMilli(row.getLong("published_at")),
                row.getString("author"),
                row.getString("note"),
                Wire.read(row.getString("checked"), PassedCheck.class));
    }

    /** Row id to the digest of the row as it is now; those that are not there are left out. */
    static Map<String, String> digests(JdbcClient sql, Collection<ChainEntry> entries) {
        Map<String, String> digests = new HashMap<>();
        // Files are large: of each only its digest is kept.
        each(sql, entries, (rowId, values) -> digests.put(rowId, ContentDigest.of(values)));
        return digests;
    }

    /** Row id to the values of the row as it is now; those that are not there are left out. */
    static Map<String, List<@Nullable String>> contents(JdbcClient sql, Collection<ChainEntry> entries) {
        Map<String, List<@Nullable String>> contents = new HashMap<>();
        each(sql, entries, contents::put);
        return contents;
    }

    private static void each(
            JdbcClient sql, Collection<ChainEntry> entries, BiConsumer<String, List<@Nullable String>> found) {
        List<String> ids = keys(entries, POLICY);
        if (!ids.isEmpty()) {
            sql.sql("SELECT " + VersionRow.COLUMNS + " FROM policy_version WHERE id IN (:ids)")
                    .param("ids", ids)
                    .query(row -> {
                        VersionRow version = VersionRow.read(row, 0);
                        found.accept(version.rowId(), version.values());
                    });
        }
        List<Long> numbers = keys(entries, ACTIVATION).stream()
                .filter(number -> NUMBER.matcher(number).matches())
                .map(Long::valueOf)
                .toList();
        if (!numbers.isEmpty()) {
            sql.sql("SELECT " + ActivationRow.COLUMNS + " FROM policy_activation WHERE number IN (:numbers)")
                    .param("numbers", numbers)
                    .query(ActivationRow::read)
                    .list()
                    .forEach(activation -> found.accept(activation.rowId(), activation.values()));
        }
    }

    private static List<String> keys(Collection<ChainEntry> entries, String kind) {
        return entries.stream()
                .filter(entry -> entry.kind().equals(kind))
                .map(ChainEntry::rowId)
                .filter(id -> id.startsWith(kind + "-"))
                .map(id -> id.substring(kind.length() + 1))
                .distinct()
                .toList();
    }

    private static String packed(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(Wire.write(new TreeMap<>(files)).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static Map<String, String> unpacked(String packed) {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(packed)))) {
            Map<String, String> files = new TreeMap<>();
            Wire.readObject(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .forEach((path, text) -> files.put(path, String.valueOf(text)));
            return files;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("The files of a policy in the ledger cannot be read", e);
        }
    }
}
