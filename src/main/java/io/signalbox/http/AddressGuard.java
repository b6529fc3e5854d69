package io.signalbox.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides, address by address and after resolution, what may be called: the public internet, and what the operator
 * listed under {@code signalbox.http.allow}. Callers connect to the address they were given; resolving the name a
 * second time would let a name server answer with something else.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA special-purpose IPv4 addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IANA special-purpose IPv6 addresses</a>
 */
public final class AddressGuard {

    private static final List<AddressRange> NOT_PUBLIC = ranges(
            "0.0.0.0/8", // this network
            "10.0.0.0/8",
            "100.64.0.0/10", // carrier-grade NAT
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local, where clouds serve credentials
            "172.16.0.0/12",
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, broadcast
            "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation
            "3fff::/20"); // documentation

    /** All that is handed out as public in IPv6; loopback, unspecified, ULA, link-local and multicast lie outside. */
    private static final AddressRange GLOBAL_UNICAST = AddressRange.parse("2000::/3");

    /** Spellings of an IPv4 address, which is judged in their place: a network that translates would go there. */
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");

    private static final AddressRange SIX_TO_FOUR = AddressRange.parse("2002::/16");

    private final List<AddressRange> allow;
    private final Names names;

    AddressGuard(List<AddressRange> allow) {
        this(allow, InetAddress::getAllByName);
    }

    AddressGuard(List<AddressRange> allow, Names names) {
        this.allow = List.copyOf(allow);
        this.names = names;
    }

    /** How names become addresses. A literal address is a name too, and is guarded like one. */
    interface Names {
        InetAddress[] lookUp(String host) throws UnknownHostException;
    }

    /**
     * The address to connect to, for connectors that open sockets themselves.
     *
     * @param host a name or a literal address
     * @return an address that may be called
     * @throws AddressRefusedException if the name has addresses and none of them may be called
     * @throws UnknownHostException if the name has no address
     */
    public InetAddress resolve(String host) throws UnknownHostException {
        return resolveAll(host)[0];
    }

    /** The addresses to try in turn for a connection with TLS. */
    InetAddress[] resolveAll(String host) throws UnknownHostException {
        return resolve(host, this::permits, "which is not public and not listed in signalbox.http.allow");
    }

    /** The addresses to try in turn for a connection without TLS: nobody but this machine may be on the way. */
    InetAddress[] resolveForPlain(String host) throws UnknownHostException {
        return resolve(
                host,
                address -> address.isLoopbackAddress() && permits(address),
                "and plain http is for loopback addresses that are listed in signalbox.http.allow");
    }

    private InetAddress[] resolve(String host, Predicate<InetAddress> permitted, String why)
            throws UnknownHostException {
        InetAddress[] found = names.lookUp(host);
        InetAddress[] usable = Arrays.stream(found).filter(permitted).toArray(InetAddress[]::new);
        if (usable.length == 0) {
            // The address itself stays out of the message: it may be shown to whoever chose the name.
            throw new AddressRefusedException(host + " resolves to an address that may not be called, " + why);
        }
        return usable;
    }

    boolean permits(InetAddress address) {
        return allow.stream().anyMatch(range -> range.contains(address)) || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (NAT64.contains(address)) {
            return isPublic(embedded(bytes, 12));
        }
        if (SIX_TO_FOUR.contains(address)) {
            return isPublic(embedded(bytes, 2));
        }
        return (address instanceof Inet4Address || GLOBAL_UNICAST.contains(address))
                && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }

    private static InetAddress embedded(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are always an address", e);
        }
    }

    private static List<AddressRange> ranges(String... texts) {
        return Stream.of(texts).map(AddressRange::parse).toList();
    }
}
