package io.signalbox.act.syslog;

import java.io.IOException;
import java.net.InetAddress;

/** Says which address a host is called at, and refuses those that may not be called. */
@FunctionalInterface
public interface HostResolver {

    InetAddress resolve(String host) throws IOException;
}
