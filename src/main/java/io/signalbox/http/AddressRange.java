package io.signalbox.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A block of addresses in CIDR notation. Addresses of the two families never match each other.
 *
 * @param network the first address of the block
 * @param prefix how many leading bits all its addresses share
 */
record AddressRange(InetAddress network, int prefix) {

    // Only what can never be taken for a host name: parsing a range must not ask a name server.
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** Reads {@code 10.20.0.0/16} or {@code fd00::/8}; an address without a length is a block of one. */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!IPV4.matcher(address).matches() && !IPV6.matcher(address).matches()) {
            throw new IllegalArgumentException("is no address range such as 10.20.0.0/16");
        }
        InetAddress network;
        int prefix;
        try {
            network = InetAddress.getByName(address);
            prefix = slash < 0 ? network.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1));
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("is no address range such as 10.20.0.0/16", e);
        }
        if (prefix < 0 || prefix > network.getAddress().length * 8) {
            throw new IllegalArgumentException("has a prefix length that its address family does not have");
        }
        AddressRange range = new AddressRange(network, prefix);
        if (!range.startsAt(network)) {
            throw new IllegalArgumentException("has bits set behind its prefix, so it is unclear which range is meant");
        }
        return range;
    }

    boolean contains(InetAddress address) {
        byte[] ours = network.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            if (bit(ours, bit) != bit(theirs, bit)) {
                return false;
            }
        }
        return true;
    }

    private boolean startsAt(InetAddress address) {
        byte[] bytes = address.getAddress();
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            if (bit(bytes, bit)) {
                return false;
            }
        }
        return true;
    }

    private static boolean bit(byte[] bytes, int index) {
        return (bytes[index / 8] >> (7 - index % 8) & 1) == 1;
    }
}
