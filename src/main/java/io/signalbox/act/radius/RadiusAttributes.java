package io.signalbox.act.radius;

import io.signalbox.act.radius.RadiusPacket.Attribute;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a target's options say of attributes: {@code User-Name=alice; Acct-Session-Id=5}. What has no value is left
 * out. An attribute of a vendor is {@code Vendor-9-1=text}: its enterprise number and the vendor's own type.
 */
final class RadiusAttributes {

    private static final int VENDOR_SPECIFIC = 26;
    private static final Pattern VENDOR = Pattern.compile("Vendor-([0-9]{1,9})-([0-9]{1,3})");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]+");

    private enum Form {
        TEXT,
        NUMBER,
        ADDRESS
    }

    private record Known(int type, Form form) {}

    /** What identifies a NAS or a session (E-07, E-08), and what a CoA-Request usually changes (E-11). */
    private static final Map<String, Known> KNOWN = Map.ofEntries(
            Map.entry("User-Name", new Known(1, Form.TEXT)),
            Map.entry("NAS-IP-Address", new Known(4, Form.ADDRESS)),
            Map.entry("NAS-Port", new Known(5, Form.NUMBER)),
            Map.entry("Framed-IP-Address", new Known(8, Form.ADDRESS)),
            Map.entry("Filter-Id", new Known(11, Form.TEXT)),
            Map.entry("Session-Timeout", new Known(27, Form.NUMBER)),
            Map.entry("Idle-Timeout", new Known(28, Form.NUMBER)),
            Map.entry("Called-Station-Id", new Known(30, Form.TEXT)),
            Map.entry("Calling-Station-Id", new Known(31, Form.TEXT)),
            Map.entry("NAS-Identifier", new Known(32, Form.TEXT)),
            Map.entry("Acct-Session-Id", new Known(44, Form.TEXT)),
            Map.entry("Acct-Terminate-Cause", new Known(49, Form.NUMBER)),
            Map.entry("Acct-Multi-Session-Id", new Known(50, Form.TEXT)),
            Map.entry("NAS-Port-Id", new Known(87, Form.TEXT)),
            Map.entry("Chargeable-User-Identity", new Known(89, Form.TEXT)),
            Map.entry("NAS-IPv6-Address", new Known(95, Form.ADDRESS)));

    private RadiusAttributes() {}

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException naming what is no attribute or no value of it
     */
    static List<Attribute> read(String text) {
        List<Attribute> attributes = new ArrayList<>();
        for (String each : text.split(";")) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each.strip() : each.substring(0, equals).strip();
            String value = equals < 0 ? "" : each.substring(equals + 1).strip();
            if (!value.isEmpty()) {
                attributes.add(attribute(name, value));
            }
        }
        return attributes;
    }

    private static Attribute attribute(String name, String value) {
        Matcher vendor = VENDOR.matcher(name);
        if (vendor.matches()) {
            byte[] octets = RadiusPacket.text(value);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(RadiusPacket.number(Long.parseLong(vendor.group(1))));
            out.write(Integer.parseInt(vendor.group(2)));
            out.write(octets.length + 2);
            out.writeBytes(octets);
            return new Attribute(VENDOR_SPECIFIC, out.toByteArray());
        }
        Known known = KNOWN.get(name);
        if (known == null) {
            throw new IllegalArgumentException(name + " is no attribute that is known here");
        }
        return new Attribute(
                known.type(),
                switch (known.form()) {
                    case TEXT -> RadiusPacket.text(value);
                    case NUMBER -> number(name, value);
                    case ADDRESS -> address(name, value);
                });
    }

    private static byte[] number(String name, String value) {
        if (!value.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException(name + " is a number");
        }
        return RadiusPacket.number(Long.parseLong(value));
    }

    private static byte[] address(String name, String value) {
        try {
            if (ADDRESS.matcher(value).matches()) {
                return InetAddress.getByName(value).getAddress();
            }
        } catch (UnknownHostException e) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " is an address");
    }
}
