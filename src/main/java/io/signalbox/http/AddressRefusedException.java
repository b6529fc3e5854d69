package io.signalbox.http;

import java.net.UnknownHostException;

/**
 * The name was resolved, and we will not call what it stands for. To code that knows nothing of the guard this looks
 * like a name that does not resolve: final, and with nothing sent.
 */
public final class AddressRefusedException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
