package io.signalbox.act.resolve;

import java.util.List;
import java.util.Set;

/**
 * Those whom the configuration names as the target knows them.
 *
 * @param name where it stands
 * @param entries a star stands for any characters
 */
record ListedRoll(String name, Set<String> entries) implements Roll {

    static ListedRoll of(String key, List<String> entries) {
        if (entries.isEmpty() || entries.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(key + ": must name whom they are at the target");
        }
        return new ListedRoll(key, Set.copyOf(entries));
    }

    @Override
    public Set<String> read() {
        return entries;
    }
}
