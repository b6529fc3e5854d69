package io.signalbox.act.resolve;

import com.unboundid.ldap.sdk.SearchResultEntry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everybody whom a filter finds in an LDAP directory, such as the members of a group. */
final class LdapRoll implements Roll {

    private static final int MOST = 100_000;

    private final LdapDirectory directory;
    private final String filter;
    private final String attribute;

    LdapRoll(LdapDirectory directory, String filter, String attribute) {
        this.directory = directory;
        this.filter = filter;
        this.attribute = attribute;
    }

    @Override
    public String name() {
        return "ldap " + filter;
    }

    @Override
    public Set<String> read() throws UnreadableException {
        List<SearchResultEntry> entries;
        try {
            entries = directory.searchAll(filter, attribute, MOST);
        } catch (LdapDirectory.FailedException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
        if (entries.isEmpty() || entries.size() > MOST) {
            // One that protects nobody was not meant to be.
            throw new UnreadableException(
                    entries.isEmpty() ? "no entry matches" : "more than " + MOST + " entries match");
        }
        Set<String> found = new TreeSet<>();
        for (SearchResultEntry entry : entries) {
            if (attribute.equals(LdapDirectory.DN)) {
                found.add(entry.getDN());
                continue;
            }
            String[] values = entry.getAttributeValues(attribute);
            if (values == null || values.length == 0) {
                // Somebody who is protected, and nobody knows under which name.
                throw new UnreadableException("an entry that matches has no " + attribute);
            }
            found.addAll(List.of(values));
        }
        return found;
    }
}
