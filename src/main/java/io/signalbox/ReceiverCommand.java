package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.http.CommandHttp;
import io.signalbox.set.SubjectIdentifier;
import io.signalbox.stream.Answer;
import io.signalbox.stream.Authorization;
import io.signalbox.stream.DeliveryMethod;
import io.signalbox.stream.EventNames;
import io.signalbox.stream.Finding;
import io.signalbox.stream.Finding.Level;
import io.signalbox.stream.LifePlan;
import io.signalbox.stream.LifeStep;
import io.signalbox.stream.ManagedStreams;
import io.signalbox.stream.ManagedStreams.Managed;
import io.signalbox.stream.PushPlace;
import io.signalbox.stream.ReceivedSet;
import io.signalbox.stream.StepReport;
import io.signalbox.stream.StreamClient;
import io.signalbox.stream.StreamConfiguration;
import io.signalbox.stream.StreamCredentials;
import io.signalbox.stream.StreamLife;
import io.signalbox.stream.StreamPlan;
import io.signalbox.stream.StreamReconciler;
import io.signalbox.stream.WellKnown;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.convert.DurationStyle;

/** {@code receiver run}: takes one stream at a foreign transmitter through its life and says what was not as it should be. */
final class ReceiverCommand {

    static final String USAGE = """
            usage: java -jar signalbox.jar receiver run --issuer <URL> [--delivery poll|push] [--steps <step,...>]
                        [--events <type,...>] [--stream-id <id>] [--subject <e-mail address or JSON>] [--expect <number>]
                        [--description <text>] [--patience <time>] [--long-poll] [--strict] [--json]
                        [--well-known ssf|sse|risc] [--ca-file <PEM file>] [--allow <CIDR> ...] [--key=value ...]
                   who we are: --token-file <file> | --token-env <variable>
                        | --token-uri <URL> --client-id <id> [--scope <scopes>] [--client-authentication basic|post|private-key-jwt]
                          (--client-secret-file <file> | --client-secret-env <variable> | --client-key-file <PEM file> [--client-key-id <kid>])
                   for push: [--listen <host:port>] [--endpoint-url <URL>]
                        [--listen-keystore <PKCS#12 file> --listen-keystore-password-file <file>]
                        [--authorization-header-file <file> | --without-authorization-header]
                   steps: create read list patch put status pause disable enable add-subject remove-subject verify receive delete

                   java -jar signalbox.jar receiver plan|apply [--source <name> ...] [--send-header] [--patience <time>]
                        [--dry-run] [--json] [--ca-file <PEM file>] [--key=value ...]
                   makes the streams of signalbox.sources with credentials as they are configured; plan only looks""";

    private static final Set<String> SWITCHES =
            Set.of("json", "strict", "long-poll", "without-authorization-header", "dry-run", "send-header");

    private static final Set<String> CREDENTIALS = Set.of(
            "token-file",
            "token-env",
            "token-uri",
            "client-id",
            "client-authentication",
            "client-secret-file",
            "client-secret-env",
            "client-key-file",
            "client-key-id",
            "scope");

    private static final Set<String> OPTIONS = Stream.concat(
                    CREDENTIALS.stream(),
                    Stream.of(
                            "issuer",
                            "delivery",
                            "steps",
                            "events",
                            "stream-id",
                            "subject",
                            "expect",
                            "description",
                            "patience",
                            "well-known",
                            "ca-file",
                            "allow",
                            "listen",
                            "endpoint-url",
                            "listen-keystore",
                            "listen-keystore-password-file",
                            "authorization-header-file",
                            "source"))
            .collect(Collectors.toUnmodifiableSet());

    private final CommandLine line;
    private final PrintStream out;
    private final Clock clock;
    private final boolean json;

    private ReceiverCommand(CommandLine line, PrintStream out, Clock clock) {
        this.line = line;
        this.out = out;
        this.clock = clock;
        this.json = line.has("json");
    }

    /** Gives the exit code: 0 all was as the texts have it, 1 something was not, 2 misuse. */
    static int run(List<String> arguments, PrintStream out, Clock clock) {
        try {
            CommandLine line = CommandLine.read(arguments, SWITCHES, OPTIONS);
            if (line.words().size() != 1) {
                throw new Misuse("one of run, plan and apply is needed");
            }
            ReceiverCommand command = new ReceiverCommand(line, out, clock);
            return switch (line.words().get(0)) {
                case "run" -> command.live();
                case "plan" -> command.reconcile(false);
                case "apply" -> command.reconcile(!line.has("dry-run"));
                default -> throw new Misuse("one of run, plan and apply is needed");
            };
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private int live() {
        LifePlan plan = plan();
        List<String> named = new ArrayList<>(hosts(plan.issuer()));
        line.one("token-uri").ifPresent(uri -> named.addAll(hosts(uri)));
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), named)) {
            Authorization authorization =
                    credentials().open(member -> "--" + member, configured.environment()::getProperty, http, clock);
            PushPlace push = plan.delivery() == DeliveryMethod.PUSH ? place() : null;
            List<ReceivedSet> sets = new ArrayList<>();
            List<StepReport> steps = new StreamLife(
                            http, authorization, clock, plan, push, json ? step -> {} : this::tell, set -> {
                                sets.add(set);
                                if (!json) {
                                    tell(set);
                                }
                            })
                    .run();
            return conclude(plan, steps, sets);
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            out.println(json ? Wire.write(Map.of("result", "not run", "cause", reason(e))) : reason(e));
            return CommandLine.MISUSE;
        }
    }

    // ---- plan and apply

    private int reconcile(boolean apply) {
        Duration patience = patience();
        try (Configured configured = line.configured();
                CommandHttp http = CommandHttp.open(configured.environment(), List.of())) {
            ManagedStreams streams = ManagedStreams.configured(configured.environment(), http, clock);
            List<Managed> chosen = chosen(streams);
            List<Map<String, Object>> forms = new ArrayList<>();
            boolean good = true;
            for (Managed stream : chosen) {
                Map<String, Object> form = reconcile(streams, stream, http, patience, apply);
                good &= !"failed".equals(form.get("result"));
                forms.add(form);
                if (!json) {
                    tell(form);
                }
            }
            if (json) {
                out.println(Wire.write(Map.of("result", good ? "good" : "bad", "sources", forms)));
            } else if (chosen.isEmpty()) {
                out.println("No source in signalbox.sources has credentials; there is nothing to keep.");
            }
            return good ? CommandLine.GOOD : CommandLine.BAD;
        } catch (BindException | IllegalArgumentException | IllegalStateException e) {
            out.println(json ? Wire.write(Map.of("result", "not run", "cause", reason(e))) : reason(e));
            return CommandLine.MISUSE;
        }
    }

    private List<Managed> chosen(ManagedStreams streams) {
        if (!line.has("source")) {
            return streams.all();
        }
        return line.all("source").stream()
                .map(name -> streams.named(name)
                        .orElseThrow(() ->
                                new Misuse("--source: signalbox.sources has no source " + name + " with credentials")))
                .toList();
    }

    private Map<String, Object> reconcile(
            ManagedStreams streams, Managed stream, CommandHttp http, Duration patience, boolean apply) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("source", stream.wanted().source());
        Answer<StreamClient> client = stream.client(http);
        if (client.value().isEmpty()) {
            return failed(form, client.told());
        }
        StreamReconciler reconciler = new StreamReconciler(
                client.value().get(), stream.wanted(), streams.othersThan(stream), line.has("send-header"), patience);
        StreamPlan plan = reconciler.plan();
        if (plan instanceof StreamPlan.Blocked) {
            return failed(form, plan.told());
        }
        form.put("plan", plan.told());
        if (plan instanceof StreamPlan.Keep keep) {
            form.put("result", "as wanted");
            return described(form, keep.stream());
        }
        if (!apply) {
            form.put("result", "planned");
            return form;
        }
        Answer<StreamConfiguration> done = reconciler.apply(plan);
        if (done.value().isEmpty()) {
            return failed(form, done.told());
        }
        form.put("result", "done");
        return described(form, done.value().get());
    }

    private static Map<String, Object> failed(Map<String, Object> form, String why) {
        form.put("result", "failed");
        form.put("cause", why);
        return form;
    }

    private static Map<String, Object> described(Map<String, Object> form, StreamConfiguration stream) {
        form.put("stream", stream.streamId());
        form.put("audience", stream.aud());
        form.put("delivers", stream.eventsDelivered());
        form.put("endpoint", String.valueOf(stream.delivery().endpointUrl()));
        return form;
    }

    private void tell(Map<String, Object> form) {
        StringBuilder text = new StringBuilder();
        text.append(form.get("source")).append(": ").append(form.get("result"));
        for (String member : List.of("plan", "cause")) {
            if (form.containsKey(member)) {
                text.append(": ").append(form.get(member));
            }
        }
        out.println(printable(text.toString()));
        for (String member : List.of("stream", "audience", "delivers", "endpoint")) {
            if (form.containsKey(member)) {
                out.println("    " + member + " " + printable(String.valueOf(form.get(member))));
            }
        }
    }

    // ---- run

    private LifePlan plan() {
        String issuer = line.needed("issuer");
        try {
            return new LifePlan(
                    issuer,
                    word(WellKnown.class, "well-known", "ssf"),
                    word(DeliveryMethod.class, "delivery", "poll"),
                    list("events").isEmpty()
                            ? EventNames.caep()
                            : list("events").stream().map(EventNames::uri).toList(),
                    steps(),
                    line.one("stream-id").orElse(null),
                    line.one("description").orElse("Signalbox receiver run"),
                    subject(),
                    Integer.parseInt(line.one("expect").orElse("1")),
                    line.has("long-poll"),
                    patience());
        } catch (NumberFormatException e) {
            throw new Misuse("--expect is no number");
        } catch (IllegalArgumentException e) {
            throw new Misuse(String.valueOf(e.getMessage()));
        }
    }

    private List<LifeStep> steps() {
        if (!line.has("steps")) {
            List<LifeStep> usual = new ArrayList<>(LifeStep.USUAL);
            if (line.has("stream-id")) {
                // Somebody else made it; it is not ours to end unless that is asked for.
                usual.removeAll(List.of(LifeStep.CREATE, LifeStep.DELETE));
            }
            if (line.has("expect")) {
                usual.add(usual.indexOf(LifeStep.VERIFY) + 1, LifeStep.RECEIVE);
            }
            return usual;
        }
        return list("steps").stream()
                .map(word -> LifeStep.of(word)
                        .orElseThrow(() -> new Misuse("--steps has " + word
                                + "; there are "
                                + Arrays.stream(LifeStep.values())
                                        .map(LifeStep::word)
                                        .filter(name -> LifeStep.of(name).isPresent())
                                        .collect(Collectors.joining(" ")))))
                .toList();
    }

    private @Nullable SubjectIdentifier subject() {
        String text = line.one("subject").orElse(null);
        if (text == null) {
            return null;
        }
        if (!text.startsWith("{")) {
            return new SubjectIdentifier("email", Map.of("email", text));
        }
        return SubjectIdentifier.of(Wire.readObject(text))
                .orElseThrow(() -> new Misuse("--subject is no subject identifier with a format"));
    }

    private Duration patience() {
        Duration patience = DurationStyle.detectAndParse(line.one("patience").orElse("60s"));
        if (patience.isNegative() || patience.isZero() || patience.compareTo(Duration.ofHours(1)) > 0) {
            throw new Misuse("--patience must be over 0 and at most an hour");
        }
        return patience;
    }

    private StreamCredentials credentials() {
        return new StreamCredentials(
                line.one("token-uri").orElse(null),
                line.one("client-id").orElse(null),
                line.one("client-authentication").orElse(null),
                line.one("client-secret-file").orElse(null),
                line.one("client-secret-env").orElse(null),
                line.one("client-key-file").orElse(null),
                line.one("client-key-id").orElse(null),
                line.one("scope").orElse(null),
                line.one("token-file").orElse(null),
                line.one("token-env").orElse(null));
    }

    private PushPlace place() {
        String listen = line.one("listen").orElse("127.0.0.1:0");
        int colon = listen.lastIndexOf(':');
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(
                    listen.substring(0, Math.max(colon, 0)), Integer.parseInt(listen.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new Misuse("--listen is no host:port");
        }
        URI url;
        try {
            url = line.one("endpoint-url").map(URI::create).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new Misuse("--endpoint-url is no URL");
        }
        return new PushPlace(address, url, authorizationHeader(), tls());
    }

    private @Nullable SSLContext tls() {
        if (!line.has("listen-keystore")) {
            return null;
        }
        String file = line.needed("listen-keystore");
        try {
            char[] password = Files.readString(Path.of(line.needed("listen-keystore-password-file")))
                    .strip()
                    .toCharArray();
            KeyStore keys = KeyStore.getInstance(Path.of(file).toFile(), password);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "--listen-keystore: " + file + " cannot be opened as PKCS#12 with that password", e);
        }
    }

    /** One of our own making, unless it is chosen: that it comes back with every push is a thing to be checked. */
    private @Nullable String authorizationHeader() {
        if (line.has("without-authorization-header")) {
            return null;
        }
        String file = line.one("authorization-header-file").orElse(null);
        if (file != null) {
            try {
                return Files.readString(Path.of(file)).strip();
            } catch (IOException | InvalidPathException e) {
                throw new IllegalArgumentException("--authorization-header-file: " + file + " cannot be read", e);
            }
        }
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return "Bearer " + HexFormat.of().formatHex(bytes);
    }

    private List<String> list(String option) {
        return line.all(option).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private <E extends Enum<E>> E word(Class<E> type, String option, String standard) {
        String word = line.one(option).orElse(standard);
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new Misuse("--" + option + " must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    /** The host of a URL that was written on the command line; none if it is no URL, which the call will say. */
    static List<String> hosts(String url) {
        try {
            String host = URI.create(url).getHost();
            return host == null ? List.of() : List.of(host);
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    /** What is to be done about it: our own words for it, if there are any, name the option or the key. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && !String.valueOf(root.getMessage()).startsWith("--")
                && !String.valueOf(root.getMessage()).startsWith("signalbox.")) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    // ---- how it is told

    private void tell(StepReport step) {
        String word =
                switch (step.worst()) {
                    case FAULT -> "FAULT";
                    case REMARK -> "remark";
                    case NOTE -> "ok";
                };
        out.printf(
                "%-7s %-15s %s  [%s]%n",
                word, step.step().word(), printable(step.told()), step.step().rules());
        for (Finding finding : step.findings()) {
            out.printf("          %-7s %s: %s%n", word(finding.level()), finding.rule(), printable(finding.what()));
        }
    }

    private void tell(ReceivedSet set) {
        out.printf(
                "        SET %s %s %s%n",
                set.jti() == null ? "without a jti" : printable(set.jti()),
                set.types().isEmpty() ? "" : printable(String.join(" ", set.types())),
                set.accepted() ? "acknowledged" : "refused");
    }

    private int conclude(LifePlan plan, List<StepReport> steps, List<ReceivedSet> sets) {
        long faults = count(steps, Level.FAULT);
        long remarks = count(steps, Level.REMARK);
        boolean good = faults == 0 && (remarks == 0 || !line.has("strict"));
        if (json) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("result", good ? "good" : "bad");
            form.put("issuer", plan.issuer());
            form.put("delivery", plan.delivery().name().toLowerCase(Locale.ROOT));
            form.put("faults", faults);
            form.put("remarks", remarks);
            form.put("steps", steps.stream().map(ReceiverCommand::form).toList());
            form.put("sets", sets.stream().map(ReceiverCommand::form).toList());
            out.println(Wire.write(form));
        } else {
            out.printf(
                    "%s: %d steps, %d faults, %d remarks, %d SETs%n",
                    good ? "Good" : "Bad", steps.size(), faults, remarks, sets.size());
        }
        return good ? CommandLine.GOOD : CommandLine.BAD;
    }

    private static long count(List<StepReport> steps, Level level) {
        return steps.stream()
                .flatMap(step -> step.findings().stream())
                .filter(finding -> finding.level() == level)
                .count();
    }

    private static Map<String, Object> form(StepReport step) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("step", step.step().word());
        form.put("rules", List.of(step.step().rules().split(", ")));
        form.put("good", step.good());
        form.put("told", step.told());
        form.put("findings", findings(step.findings()));
        return form;
    }

    private static Map<String, Object> form(ReceivedSet set) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("jti", set.jti());
        form.put("types", set.types());
        form.put("acknowledged", set.accepted());
        form.put("findings", findings(set.findings()));
        return form;
    }

    private static List<Map<String, String>> findings(List<Finding> findings) {
        return findings.stream()
                .map(finding -> Map.of("level", word(finding.level()), "rule", finding.rule(), "what", finding.what()))
                .toList();
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    /** What a stranger wrote must not colour a terminal. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
