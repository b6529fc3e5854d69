package io.signalbox.act.ldap;

import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.SearchResultEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which attribute a sort of directory keeps whether an account may be used, and how it is changed. */
enum AccountState {

    /** Bit 2 of userAccountControl; the rest of it is other people's. */
    ACTIVE_DIRECTORY("userAccountControl") {
        @Override
        Change change(String kind, SearchResultEntry entry) {
            if (kind.equals("credential.reset")) {
                return Change.of(new Modification(ModificationType.REPLACE, "pwdLastSet", "0"));
            }
            Integer flags = entry.getAttributeValueAsInteger(attribute());
            int old = flags == null ? NORMAL_ACCOUNT : flags;
            int wanted = kind.equals("account.disable") ? old | DISABLED : old & ~DISABLED;
            if (flags == null) {
                return Change.of(new Modification(ModificationType.ADD, attribute(), String.valueOf(wanted)));
            }
            return old == wanted
                    ? Change.NONE
                    // Taking the old value away fails if it is no longer there: nobody's change is overwritten.
                    : Change.of(
                            new Modification(ModificationType.DELETE, attribute(), String.valueOf(old)),
                            new Modification(ModificationType.ADD, attribute(), String.valueOf(wanted)));
        }
    },

    /** The password policy overlay: this time means locked by an administrator, until it is taken away. */
    OPENLDAP("pwdAccountLockedTime") {
        @Override
        Change change(String kind, SearchResultEntry entry) {
            if (kind.equals("credential.reset")) {
                return Change.of(new Modification(ModificationType.REPLACE, "pwdReset", "TRUE"));
            }
            return flag(kind, entry, "000001010000Z");
        }
    },

    /** 389 Directory Server and what descends from it. */
    SERVER_389("nsAccountLock") {
        @Override
        Change change(String kind, SearchResultEntry entry) {
            return kind.equals("credential.reset") ? Change.IMPOSSIBLE : flag(kind, entry, "true");
        }
    };

    private static final int DISABLED = 2;
    private static final int NORMAL_ACCOUNT = 512;

    private final String attribute;

    AccountState(String attribute) {
        this.attribute = attribute;
    }

    /**
     * What is to be written.
     *
     * @param impossible whether such directories cannot do it
     * @param modifications none if the entry is as wanted
     */
    record Change(boolean impossible, List<Modification> modifications) {

        static final Change NONE = new Change(false, List.of());
        static final Change IMPOSSIBLE = new Change(true, List.of());

        static Change of(Modification... modifications) {
            return new Change(false, List.of(modifications));
        }
    }

    abstract Change change(String kind, SearchResultEntry entry);

    static AccountState of(String server) {
        return switch (server) {
            case "openldap" -> OPENLDAP;
            case "389ds" -> SERVER_389;
            default -> ACTIVE_DIRECTORY;
        };
    }

    String attribute() {
        return attribute;
    }

    /** What is asked for: attributes like these are not shown otherwise. */
    String[] attributes() {
        return new String[] {attribute};
    }

    /** Locked by a value that is there, free without it. */
    Change flag(String kind, SearchResultEntry entry, String locked) {
        @Nullable String value = entry.getAttributeValue(attribute);
        if (kind.equals("account.disable")) {
            return locked.equalsIgnoreCase(value)
                    ? Change.NONE
                    : Change.of(new Modification(ModificationType.REPLACE, attribute, locked));
        }
        return value == null ? Change.NONE : Change.of(new Modification(ModificationType.DELETE, attribute));
    }
}
