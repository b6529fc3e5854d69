package io.signalbox.guard;

import io.signalbox.set.SubjectIdentifier;
import io.signalbox.set.SubjectNotation;
import io.signalbox.set.SubjectPattern;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whom no rule may touch. In doubt somebody is protected: one identifier among several is enough, and so is one that
 * differs in upper and lower case alone, since many directories make no difference there.
 */
final class ProtectedSubjects {

    private static final Pattern KEY = Pattern.compile("sub-[0-9a-f]{32}");

    private final List<String> texts = new ArrayList<>();
    private final List<SubjectPattern> patterns = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private final List<SubjectIdentifier> ones = new ArrayList<>();

    ProtectedSubjects(GuardProperties properties) {
        for (int place = 0; place < properties.protect().size(); place++) {
            add(properties.protect().get(place), "signalbox.guard.protect[" + place + "]");
        }
        if (properties.protectFile() == null) {
            return;
        }
        String key = "signalbox.guard.protect-file: " + properties.protectFile();
        List<String> lines;
        try {
            lines = Files.readAllLines(properties.protectFile(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(key + " cannot be read", e);
        }
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(line, key + ", line " + number);
            }
        }
    }

    private void add(String text, String where) {
        try {
            if (KEY.matcher(text).matches()) {
                keys.add(text);
            } else if (text.startsWith("{")) {
                SubjectIdentifier subject = SubjectIdentifier.of(Wire.readObject(text))
                        .filter(read -> read.flaw().isEmpty())
                        .orElseThrow(() -> new IllegalArgumentException("is no subject identifier"));
                keysOf(subject).forEach(keys::add);
                ones.add(subject);
            } else {
                patterns.add(SubjectPattern.parse(text));
                patterns.add(SubjectPattern.parse(text.toLowerCase(Locale.ROOT)));
                if (text.indexOf('*') < 0) {
                    SubjectNotation.read(text).ifPresent(ones::add);
                }
            }
            texts.add(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** As they were written. */
    List<String> texts() {
        return List.copyOf(texts);
    }

    /** Those that are named one by one; a pattern names nobody whom a directory could be asked for. */
    List<SubjectIdentifier> oneByOne() {
        return List.copyOf(ones);
    }

    boolean holds(SubjectIdentifier subject) {
        if (keys.contains(subject.key())) {
            return true;
        }
        for (Map.Entry<String, SubjectIdentifier> member : subject.principals().entrySet()) {
            for (SubjectIdentifier identifier : member.getValue().identifiers()) {
                if (holds(member.getKey(), identifier)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean holds(String member, SubjectIdentifier identifier) {
        SubjectIdentifier folded = folded(identifier);
        return keys.contains(identifier.key())
                || keys.contains(folded.key())
                || SubjectPattern.cover(patterns, as(member, identifier))
                || SubjectPattern.cover(patterns, as(member, folded));
    }

    private static SubjectIdentifier as(String member, SubjectIdentifier identifier) {
        return new SubjectIdentifier(SubjectIdentifier.COMPLEX, Map.of(member, identifier.toJson()));
    }

    private static List<String> keysOf(SubjectIdentifier subject) {
        List<String> found = new ArrayList<>();
        subject.principals()
                .values()
                .forEach(principal -> principal.identifiers().forEach(identifier -> {
                    found.add(identifier.key());
                    found.add(folded(identifier).key());
                }));
        return found;
    }

    private static SubjectIdentifier folded(SubjectIdentifier identifier) {
        Map<String, Object> members = new LinkedHashMap<>();
        identifier
                .members()
                .forEach((name, value) ->
                        members.put(name, value instanceof String text ? text.toLowerCase(Locale.ROOT) : value));
        return new SubjectIdentifier(identifier.format(), members);
    }
}
