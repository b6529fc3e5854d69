package io.signalbox.transmit;

import java.util.Set;

/** What a token is good for. Not to know it is no answer that a receiver may be refused by. */
sealed interface Access {

    /** Who shows it, and with what scopes. */
    record Granted(Client client, Set<String> scopes) implements Access {}

    /** Nobody has it, or no longer, or not for us. */
    record Unknown() implements Access {}

    /** Whoever knows it cannot be asked now. */
    record NotNow() implements Access {}

    /** The same each time. */
    Access UNKNOWN = new Unknown();

    /** The same each time. */
    Access NOT_NOW = new NotNow();
}
