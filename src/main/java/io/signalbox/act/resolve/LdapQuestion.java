package io.signalbox.act.resolve;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.signalbox.set.SubjectIdentifier;
import java.util.List;

/**
 * Searches an LDAP directory for the one entry.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4515#section-3">RFC 4515, section 3, what is escaped in a filter</a>
 */
final class LdapQuestion implements Question {

    private final LdapDirectory directory;
    private final Placeholders filter;
    private final String attribute;

    LdapQuestion(LdapDirectory directory, Placeholders filter, String attribute) {
        this.directory = directory;
        this.filter = filter;
        this.attribute = attribute;
    }

    @Override
    public String name() {
        return "ldap";
    }

    @Override
    public Asked ask(SubjectIdentifier one) {
        String text = filter.fill(one, Filter::encodeValue);
        if (text == null) {
            return new Asked("nothing", new Answer.Nobody("the subject lacks what the filter names"));
        }
        return new Asked(text + " " + directory.place(), search(text));
    }

    private Answer search(String text) {
        try {
            return read(directory.search(text, attribute, 2));
        } catch (LdapDirectory.FailedException e) {
            return e.is(ResultCode.SIZE_LIMIT_EXCEEDED)
                    ? new Answer.Several("more than one entry matches")
                    : new Answer.Silent(String.valueOf(e.getMessage()));
        }
    }

    private Answer read(List<SearchResultEntry> entries) {
        if (entries.isEmpty()) {
            return new Answer.Nobody("no entry matches");
        }
        if (entries.size() > 1) {
            return new Answer.Several(entries.size() + " entries match");
        }
        SearchResultEntry entry = entries.get(0);
        if (attribute.equals(LdapDirectory.DN)) {
            return new Answer.One(entry.getDN());
        }
        String[] values = entry.getAttributeValues(attribute);
        if (values == null || values.length == 0) {
            return new Answer.Nobody("the entry has no " + attribute);
        }
        return values.length == 1
                ? new Answer.One(values[0])
                : new Answer.Several("the entry has " + values.length + " values of " + attribute);
    }
}
