package io.signalbox.http;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Who we are to hosts that ask for a certificate of ours. */
public interface ClientIdentities {

    /**
     * What a connection to this place is secured with.
     *
     * @return our certificate and the authorities that may vouch for the host; absent where we show none
     */
    @Nullable
    SSLContext at(String host, int port);
}
