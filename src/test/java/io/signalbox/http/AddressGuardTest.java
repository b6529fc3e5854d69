package io.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** J-19: no name, whoever gave it to us, leads into a private network. */
class AddressGuardTest {

    private final AddressGuard guard = new AddressGuard(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.0.192",
                "192.0.2.7",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.9",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255"
            })
    void refusesIpv4ThatIsNotPublic(String address) {
        assertThatThrownBy(() -> guard.resolve(address)).isInstanceOf(AddressRefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "::7f00:1",
                "fe80::1",
                "fc00::1",
                "fd12:3456::1",
                "fec0::1",
                "ff02::1",
                "100::1",
                "2001:db8::1",
                "3fff::1",
                "2001::1",
                "2001:2::1",
                "64:ff9b:1::1",
                // IPv4-mapped, NAT64 and 6to4 spellings of 127.0.0.1, 10.0.0.1 and 169.254.169.254
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::169.254.169.254",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "2002:a9fe:a9fe::"
            })
    void refusesIpv6ThatIsNotPublic(String address) {
        assertThatThrownBy(() -> guard.resolve(address)).isInstanceOf(AddressRefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2130706433", "127.1", "0177.0.0.1x", "[::1]"})
    void otherSpellingsOfLoopbackLeadNowhere(String host) {
        assertThatThrownBy(() -> guard.resolve(host)).isInstanceOf(UnknownHostException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.1.1.1",
                "128.0.0.1", "169.253.1.1", "172.15.1.1", "172.32.0.1", "192.167.1.1", "192.169.1.1", "198.17.1.1",
                "198.20.0.1", "223.255.255.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::8.8.8.8", "2002:808:808::1"
            })
    void permitsPublicAddresses(String address) throws UnknownHostException {
        assertThat(guard.resolve(address)).isEqualTo(InetAddress.getByName(address));
    }

    @ParameterizedTest
    @CsvSource({
        "10.20.0.0/16, 10.20.3.4, true",
        "10.20.0.0/16, 10.21.0.1, false",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.0/8, ::1, false",
        "127.0.0.0/8, 64:ff9b::127.0.0.1, false",
        "fd00:1::/32, fd00:1::5, true",
        "fd00:1::/32, fd00:2::5, false",
        "169.254.169.254/32, 169.254.169.254, true"
    })
    void permitsExactlyWhatWasListed(String range, String address, boolean permitted) throws UnknownHostException {
        AddressGuard listed = new AddressGuard(List.of(AddressRange.parse(range)));

        assertThat(listed.permits(InetAddress.getByName(address))).isEqualTo(permitted);
    }

    @Test
    void plainHttpIsForLoopbackAlone() throws UnknownHostException {
        AddressGuard listed =
                new AddressGuard(List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("127.0.0.1")));

        assertThat(listed.resolveForPlain("127.0.0.1")).containsExactly(InetAddress.getByName("127.0.0.1"));
        assertThat(listed.resolveAll("10.1.1.1")).hasSize(1);
        assertThatThrownBy(() -> listed.resolveForPlain("10.1.1.1")).isInstanceOf(AddressRefusedException.class);
        assertThatThrownBy(() -> listed.resolveForPlain("8.8.8.8")).isInstanceOf(AddressRefusedException.class);
    }

    @Test
    void usesOnlyThoseAddressesOfANameThatMayBeCalled() throws UnknownHostException {
        InetAddress inside = InetAddress.getByName("10.0.0.7");
        InetAddress outside = InetAddress.getByName("8.8.8.8");
        Map<String, InetAddress[]> names = Map.of(
                "mixed.example", new InetAddress[] {inside, outside}, "inside.example", new InetAddress[] {inside});
        AddressGuard named = new AddressGuard(List.of(), host -> names.getOrDefault(host, new InetAddress[0]));

        assertThat(named.resolveAll("mixed.example")).containsExactly(outside);
        assertThatThrownBy(() -> named.resolve("inside.example"))
                .isInstanceOf(AddressRefusedException.class)
                .hasMessageContaining("inside.example")
                .hasMessageContaining("signalbox.http.allow")
                .hasMessageNotContaining("10.0.0.7");
    }
}
