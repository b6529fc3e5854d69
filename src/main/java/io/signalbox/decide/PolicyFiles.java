package io.signalbox.decide;

import io.signalbox.policy.PolicyProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The files of a policy, as text.
 *
 * @param origin where they were found, for messages
 * @param contents path below the rules folder, with {@code /}, to content
 */
record PolicyFiles(String origin, SortedMap<String, String> contents) {

    private static final String DRL = ".drl";
    private static final String TABLE = ".drl.csv";
    private static final String CASES = ".cases.yaml";
    private static final String TEXT = ".md";
    private static final String JAR = "the jar";

    /** In characters and files. A policy is written by hand; more is a mistake, or an attempt to fill memory and ledger. */
    static final int LARGEST = 4_000_000;

    static final int MOST_FILES = 1_000;

    static final String TOO_LARGE =
            "is larger than " + LARGEST + " characters, or has more than " + MOST_FILES + " files";

    static final Pattern PATH = Pattern.compile("[\\w-][\\w .-]{0,100}(/[\\w-][\\w .-]{0,100}){0,8}");

    /** The rules in this folder, or those in the jar if there is no such folder. */
    static PolicyFiles load(Path folder) {
        try {
            return Files.exists(folder) ? fromFolder(folder) : fromJar();
        } catch (IOException e) {
            throw new UncheckedIOException("signalbox.rules-directory: the rules cannot be read", e);
        }
    }

    /**
     * Hidden files and folders are passed over: editors keep their copies in them, and a mounted configuration map its
     * generations.
     */
    private static PolicyFiles fromFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new BrokenPolicyException(
                    folder.toString(),
                    List.of(PolicyProblem.error(
                            folder.toString(),
                            null,
                            0,
                            "signalbox.rules-directory must name a folder, and this is a file")));
        }
        SortedMap<String, String> contents = new TreeMap<>();
        Path inside = folder.toRealPath();
        long size = 0;
        try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                if (path.startsWith(".") || path.contains("/.")) {
                    continue;
                }
                // What lies elsewhere is nobody's rule, and its text would be kept in the ledger and shown.
                if (!file.toRealPath().startsWith(inside)) {
                    throw unusable(path, "is a link that leads out of the rules folder; put the file itself there");
                }
                size += Files.size(file);
                if (size > LARGEST || contents.size() >= MOST_FILES) {
                    throw unusable(folder.toString(), TOO_LARGE);
                }
                try {
                    contents.put(path, Files.readString(file));
                } catch (CharacterCodingException e) {
                    throw unusable(path, "is not in UTF-8; save it in that encoding");
                }
            }
        }
        return new PolicyFiles(folder.toString(), contents);
    }

    private static BrokenPolicyException unusable(String path, String what) {
        return new BrokenPolicyException(path, List.of(problem(path, what)));
    }

    private static PolicyFiles fromJar() throws IOException {
        PathMatchingResourcePatternResolver resources =
                new PathMatchingResourcePatternResolver(PolicyFiles.class.getClassLoader());
        Resource root = resources.getResource("classpath:rules/");
        SortedMap<String, String> contents = new TreeMap<>();
        if (root.exists()) {
            String prefix = root.getURL().toString();
            for (Resource resource : resources.getResources("classpath:rules/**/*")) {
                String path = URLDecoder.decode(
                        resource.getURL().toString().substring(prefix.length()), StandardCharsets.UTF_8);
                if (resource.isReadable() && !path.endsWith("/")) {
                    contents.put(path, resource.getContentAsString(StandardCharsets.UTF_8));
                }
            }
        }
        return new PolicyFiles(JAR, contents);
    }

    boolean isFromJar() {
        return origin.equals(JAR);
    }

    /** What decisions hang on: rules and cases, without what explains them. */
    SortedMap<String, String> decisive() {
        SortedMap<String, String> decisive = new TreeMap<>(contents);
        decisive.keySet().removeIf(path -> path.endsWith(TEXT));
        return decisive;
    }

    /** Paths of the files that hold rules, in order. */
    List<String> rules() {
        return contents.keySet().stream()
                .filter(path -> path.endsWith(DRL) || path.endsWith(TABLE))
                .toList();
    }

    static boolean isTable(String path) {
        return path.endsWith(TABLE);
    }

    /** Files that should not be there, and files that are missing: either way somebody's rule would silently not count. */
    List<PolicyProblem> problems() {
        List<PolicyProblem> problems = new ArrayList<>();
        for (String path : contents.keySet()) {
            if (!PATH.matcher(path).matches()) {
                problems.add(problem(
                        path, "has a name that cannot be used; take letters, digits, dots, blanks, '-' and '_'"));
            } else if (path.endsWith(DRL) || path.endsWith(TABLE)) {
                String cases = stem(path) + CASES;
                if (!contents.containsKey(cases)) {
                    problems.add(problem(path, "has no cases; write them in " + cases + " beside it"));
                }
            } else if (path.endsWith(CASES)) {
                String stem = stem(path);
                if (!contents.containsKey(stem + DRL) && !contents.containsKey(stem + TABLE)) {
                    problems.add(
                            problem(path, "there is no " + stem + DRL + " or " + stem + TABLE + " that it is about"));
                }
            } else if (!path.endsWith(TEXT)) {
                problems.add(problem(
                        path, "is no file of a policy; allowed are " + String.join(", ", DRL, TABLE, CASES, TEXT)));
            }
        }
        if (rules().isEmpty()) {
            problems.add(problem(
                    origin,
                    "there is no " + DRL + " or " + TABLE + " file; write one, such as mine/first" + DRL
                            + ", with its cases in mine/first" + CASES));
        }
        return problems;
    }

    private static PolicyProblem problem(String path, String what) {
        return PolicyProblem.error(path, null, 0, what);
    }

    /** Where the cases of these rules lie. */
    static String casesOf(String rules) {
        return stem(rules) + CASES;
    }

    private static String stem(String path) {
        for (String ending : List.of(TABLE, DRL, CASES)) {
            if (path.endsWith(ending)) {
                return path.substring(0, path.length() - ending.length());
            }
        }
        return path;
    }

    /**
     * The same for the same rules and cases, wherever they lie. Explanations ({@code .md}) are no part of a policy: a
     * corrected typing error there is not another version.
     */
    String version() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, String> file : contents.entrySet()) {
                if (!file.getKey().endsWith(TEXT)) {
                    add(sha256, file.getKey());
                    add(sha256, file.getValue());
                }
            }
            return "pol-" + HexFormat.of().formatHex(sha256.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    /** With its length, so that no two sets of files run together into the same bytes. */
    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }
}
