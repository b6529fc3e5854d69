package io.signalbox.act.mail;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import io.signalbox.http.AddressGuard;
import io.signalbox.http.AddressRefusedException;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;

/**
 * Hands a mail to a mail server. The server's word that it took it counts as done; whether it arrives, nobody can tell.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1">RFC 5321, section 4.2.1, replies</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8314#section-3">RFC 8314, section 3, TLS for submission</a>
 */
@Step("mailSender")
public class MailSender {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int PERMANENT = 500;

    private final AddressGuard addresses;
    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final ObjectProvider<SslBundles> bundles;
    private final Clock clock;

    MailSender(
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
     * Sends one mail.
     *
     * @param url {@code smtps://host:465}, or {@code smtp://host:587} with STARTTLS
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome send(
            Action action, String target, String url, Map<String, String> options, @Nullable String resolved) {
        URI server = URI.create(url);
        try {
            // Its name goes with the address: the certificate is checked against it after STARTTLS.
            InetAddress address = addresses.resolve(server.getHost());
            try (Socket socket = connected(server, address, target)) {
                Session session = session(server, address, target);
                Message message = message(session, action, target, options, resolved);
                try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtp")) {
                    transport.connect(socket);
                    transport.sendMessage(message, message.getAllRecipients());
                }
            }
            return new Outcome.Done("The mail server took it");
        } catch (AddressRefusedException e) {
            return new Outcome.Refused("The host's address may not be called; signalbox.http.allow lists what may");
        } catch (AddressException e) {
            return new Outcome.Refused("The options from and to must be addresses, and one of them is none");
        } catch (AuthenticationFailedException e) {
            return new Outcome.Refused("The mail server does not take user name and password");
        } catch (MessagingException e) {
            return failed(e);
        } catch (IOException e) {
            return new Outcome.NoAnswer("No connection: " + e.getClass().getSimpleName(), null);
        }
    }

    private Socket connected(URI server, InetAddress address, String target) throws IOException {
        Socket plain = new Socket();
        try {
            boolean secure = server.getScheme().equals("smtps");
            int port = server.getPort() > 0 ? server.getPort() : secure ? 465 : 587;
            plain.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            plain.setSoTimeout((int) targets.timeoutMillis(target));
            if (!secure) {
                return plain;
            }
            SSLSocket socket = (SSLSocket) trusting(target).createSocket(plain, server.getHost(), port, true);
            SSLParameters parameters = socket.getSSLParameters();
            // Without it any certificate of any host would do.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private SSLSocketFactory trusting(String target) {
        String bundle = targets.sslBundle(target);
        return bundle == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : Objects.requireNonNull(bundles.getIfAvailable(), "there are no SSL bundles")
                        .getBundle(bundle)
                        .createSslContext()
                        .getSocketFactory();
    }

    private Session session(URI server, InetAddress address, String target) {
        String user = targets.username(target);
        boolean secure = server.getScheme().equals("smtps");
        Properties properties = new Properties();
        properties.put("mail.smtp.host", server.getHost());
        properties.put("mail.smtp.timeout", String.valueOf(targets.timeoutMillis(target)));
        properties.put("mail.smtp.writetimeout", String.valueOf(targets.timeoutMillis(target)));
        properties.put("mail.smtp.auth", String.valueOf(!user.isEmpty()));
        properties.put("mail.smtp.starttls.enable", String.valueOf(!secure));
        // A server on this machine alone may do without.
        properties.put("mail.smtp.starttls.required", String.valueOf(!secure && !address.isLoopbackAddress()));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        properties.put("mail.smtp.ssl.socketFactory", trusting(target));
        properties.put("mail.smtp.ssl.socketFactory.fallback", "false");
        properties.put("mail.smtp.sendpartial", "false");
        if (user.isEmpty()) {
            return Session.getInstance(properties);
        }
        properties.put("mail.smtp.user", user);
        return Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(user, String.valueOf(targets.token(target)));
            }
        });
    }

    private Message message(
            Session session, Action action, String target, Map<String, String> options, @Nullable String resolved)
            throws MessagingException {
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                // The same at every attempt, so that a repeat can be told from another mail.
                setHeader("Message-ID", "<" + action.id() + "@signalbox>");
            }
        };
        message.setFrom(new InternetAddress(options.getOrDefault("from", ""), true));
        List<Address> to = new ArrayList<>();
        // Split before anything is put into it: an address with a comma in it would be two.
        for (String recipient : options.getOrDefault("to", "").split(",")) {
            String one = calls.text(action, target, options, resolved, recipient.strip());
            InternetAddress[] read = InternetAddress.parse(one, true);
            if (read.length != 1) {
                throw new AddressException("not one address");
            }
            to.add(read[0]);
        }
        message.setRecipients(Message.RecipientType.TO, to.toArray(Address[]::new));
        message.setSubject(
                calls.text(action, target, options, resolved, options.getOrDefault("title", "{title}")),
                StandardCharsets.UTF_8.name());
        message.setText(lines(action, target, options, resolved), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(clock.instant()));
        // RFC 3834, section 5: no out-of-office notice is to answer it.
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setHeader("X-Signalbox-Action", action.id());
        return message;
    }

    /** Line by line, since a value in a text loses its line breaks. */
    private String lines(Action action, String target, Map<String, String> options, @Nullable String resolved) {
        List<String> lines = new ArrayList<>();
        for (String line : List.of(
                "{parameter.text?}",
                "",
                "Why: {why}",
                "Event: {event}",
                "Subject: {who}",
                "Severity: {severity}",
                "Signal: {signal}",
                "Action: {action}")) {
            lines.add(calls.text(action, target, options, resolved, line));
        }
        return String.join("\r\n", lines).strip() + "\r\n";
    }

    /** Replies from 500 on are for good, from 400 on for now; the texts of both may name a recipient. */
    private static Outcome failed(MessagingException failure) {
        int code = 0;
        for (Exception cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof AddressException) {
                return new Outcome.Refused("The options from and to must be addresses, and one of them is none");
            }
            code = Math.max(code, code(cause));
        }
        if (code >= PERMANENT) {
            return new Outcome.Refused("The mail server refuses it: " + code);
        }
        return new Outcome.NoAnswer(
                code > 0 ? "The mail server cannot now: " + code : "No connection, or none that is encrypted", null);
    }

    private static @Nullable Exception next(Exception cause) {
        return cause instanceof MessagingException chained ? chained.getNextException() : null;
    }

    private static int code(Exception cause) {
        if (cause instanceof SMTPSendFailedException failed) {
            return failed.getReturnCode();
        }
        if (cause instanceof SMTPAddressFailedException failed) {
            return failed.getReturnCode();
        }
        return cause instanceof SMTPSenderFailedException failed ? failed.getReturnCode() : 0;
    }
}
