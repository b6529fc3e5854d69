package io.signalbox.act.syslog;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;

/**
 * Sends a record to a collector, over TCP with one connection a record, or over UDP.
 *
 * <p>Syslog knows no answer, and a write that succeeds has only reached our own kernel: a collector that dies then takes
 * the record with it unseen. So we close our side after the record and wait until the collector closes its own, which it
 * does when it has read to the end. Only that counts as done.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1">RFC 6587, section 3.4.1, octet counting</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5425#section-4.3">RFC 5425, section 4.3, the same within TLS</a>
 */
@Step("syslogCollector")
public class SyslogCollector {

    private static final int CONNECT_MILLIS = 5_000;

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final ObjectProvider<SslBundles> bundles;
    private final Clock clock;

    SyslogCollector(
            AddressGuard addresses,
            ConfiguredTargets targets,
            TargetCalls calls,
            ObjectProvider<SslBundles> bundles,
            Clock clock) {
        this.addresses = addresses;
        this.targets = targets;
        this.calls = calls;
        this.bundles = bundles;
        this.clock = clock;
    }

    /**
     * Sends one record and waits for the proof.
     *
     * @param url {@code tcp://host:port} or {@code udp://host:port}
     * @param options the target's
     */
    public Outcome send(Action action, String target, String url, Map<String, String> options) {
        String who = calls.text(action, target, options, null, "{who}");
        byte[] record = SyslogRecord.of(action, options, who, clock.instant());
        URI collector = URI.create(url);
        if ("udp".equals(collector.getScheme())) {
            return sendUnheard(record, collector);
        }
        boolean secure = Boolean.parseBoolean(options.getOrDefault("tls", "false"));
        int port = collector.getPort() > 0 ? collector.getPort() : secure ? 6514 : 601;
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(addresses.resolve(collector.getHost()), port), CONNECT_MILLIS);
            plain.setSoTimeout(patience(options));
            if (!secure) {
                return deliver(plain, record);
            }
            try (SSLSocket socket =
                    (SSLSocket) trusting(target, options).createSocket(plain, collector.getHost(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                // Without it any certificate of any host would do.
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return deliver(socket, record);
            }
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (SocketTimeoutException e) {
            return new Outcome.NoAnswer("The collector did not connect, or did not close, in time", null);
        } catch (IOException | GeneralSecurityException e) {
            return new Outcome.NoAnswer("No delivery: " + e.getClass().getSimpleName(), null);
        }
    }

    private static int patience(Map<String, String> options) {
        String seconds = options.getOrDefault("patience-seconds", "10");
        if (!seconds.matches("[1-9][0-9]{0,2}")) {
            throw new IllegalArgumentException("The option patience-seconds must be a number from 1 to 999");
        }
        return Integer.parseInt(seconds) * 1000;
    }

    /** UDP tells nothing: neither that somebody listens nor that anything arrived (RFC 5426, section 4). */
    private Outcome sendUnheard(byte[] record, URI collector) {
        try (DatagramSocket socket = new DatagramSocket()) {
            int port = collector.getPort() > 0 ? collector.getPort() : 514;
            socket.send(new DatagramPacket(
                    record, record.length, new InetSocketAddress(addresses.resolve(collector.getHost()), port)));
            return new Outcome.Done("Sent " + record.length + " octets; UDP does not tell whether they arrived");
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (IOException e) {
            return new Outcome.NoAnswer("Not sent: " + e.getClass().getSimpleName(), null);
        }
    }

    /**
     * The bundle that the target names, which holds our certificate too; else the authorities of the option {@code
     * ca-file} alone, or those of the Java runtime.
     */
    private SSLSocketFactory trusting(String target, Map<String, String> options)
            throws IOException, GeneralSecurityException {
        String bundle = targets.sslBundle(target);
        if (bundle != null) {
            return Objects.requireNonNull(bundles.getIfAvailable(), "there are no SSL bundles")
                    .getBundle(bundle)
                    .createSslContext()
                    .getSocketFactory();
        }
        String file = options.getOrDefault("ca-file", "");
        if (file.isEmpty()) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            int number = 0;
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                authorities.setCertificateEntry("authority-" + number++, authority);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static Outcome deliver(Socket socket, byte[] record) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] frame = new byte[String.valueOf(record.length).length() + 1 + record.length];
        byte[] count = (record.length + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(count, 0, frame, 0, count.length);
        System.arraycopy(record, 0, frame, count.length, record.length);
        out.write(frame);
        out.flush();
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        // A collector has nothing to say; what it says all the same is not waited for without end.
        for (int octets = 0; octets < 4096; octets++) {
            if (in.read() < 0) {
                return new Outcome.Done("The collector read " + record.length + " octets");
            }
        }
        return new Outcome.Refused("This is no syslog collector: it answers");
    }
}
