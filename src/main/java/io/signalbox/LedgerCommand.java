package io.signalbox;

import io.signalbox.store.ExportAudit;
import io.signalbox.store.LedgerAudit;
import io.signalbox.store.LedgerExport;
import io.signalbox.store.LedgerProof;
import io.signalbox.store.LedgerProof.Checked;
import io.signalbox.store.LedgerProof.Finding;
import io.signalbox.store.LedgerUnavailableException;
import io.signalbox.store.jdbc.LedgerAuditConfig;
import io.signalbox.wire.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.springframework.beans.BeansException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code ledger verify}: proves the ledger, beside a gateway that runs or without one. It reads the same configuration
 * as the gateway and opens nothing but the ledger, to read. {@code ledger export} writes it for an auditor, one JSON object
 * a line; {@code ledger verify --file=...} proves what it wrote, without the ledger.
 */
final class LedgerCommand {

    private static final int GOOD = 0;
    private static final int BAD = 1;
    static final int MISUSE = 2;
    private static final String JSON = "--json";
    private static final String FILE = "--file=";
    private static final String EXPORT = "export";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;

    private LedgerCommand(PrintStream out, PrintStream err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /**
     * Gives the exit code: 0 the chain is valid, 1 it is broken or cannot be read, 2 misuse.
     *
     * @param err hears how far a long run has come
     */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        boolean understood = !arguments.isEmpty()
                && (arguments.get(0).equals("verify") || arguments.get(0).equals(EXPORT))
                && arguments.stream()
                        .skip(1)
                        .allMatch(argument ->
                                argument.equals(JSON) || (argument.startsWith("--") && argument.contains("=")));
        if (!understood) {
            return MISUSE;
        }
        String[] keys = arguments.stream()
                .skip(1)
                .filter(argument -> !argument.equals(JSON) && !argument.startsWith(FILE))
                .toArray(String[]::new);
        LedgerCommand command = new LedgerCommand(out, err, arguments.contains(JSON));
        if (arguments.get(0).equals(EXPORT)) {
            return command.with(
                    context -> {
                        long entries = context.getBean(LedgerExport.class).write(out::println);
                        err.println(entries + " entries were exported");
                        return out.checkError() ? BAD : GOOD;
                    },
                    keys);
        }
        return arguments.stream()
                .filter(argument -> argument.startsWith(FILE))
                .map(argument -> Path.of(argument.substring(FILE.length())))
                .findFirst()
                .map(file -> command.with(context -> command.prove(context.getBean(ExportAudit.class), file), keys))
                .orElseGet(() -> command.with(
                        context -> command.tell(
                                context.getBean(LedgerAudit.class).verify(new AuditProgress(err, System::nanoTime))),
                        keys));
    }

    private int prove(ExportAudit audit, Path file) {
        ExportAudit.Proof proof;
        try (Stream<String> lines = Files.lines(file)) {
            proof = audit.verify(lines);
        } catch (IOException | UncheckedIOException e) {
            return unreadable("the file " + file + " cannot be read");
        }
        if (json) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("result", proof.fault() == null ? "valid" : "broken");
            form.put("entries", proof.entries());
            form.put("head", proof.head());
            if (proof.fault() != null) {
                form.put("fault", proof.fault());
            }
            out.println(Wire.write(form));
        } else {
            out.printf(
                    "The export is %s: %d entries proven; head %s%n",
                    proof.fault() == null ? "valid" : "broken (" + proof.fault() + ")", proof.entries(), proof.head());
        }
        return proof.fault() == null ? GOOD : BAD;
    }

    private int with(ToIntFunction<ConfigurableApplicationContext> work, String... keys) {
        SpringApplication application = new SpringApplication(LedgerAuditConfig.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        // What fails then fails in our hands, not in a report of the start with its stack.
        application.setLazyInitialization(true);
        application.setRegisterShutdownHook(false);
        try (ConfigurableApplicationContext context = application.run(keys)) {
            return work.applyAsInt(context);
        } catch (LedgerUnavailableException e) {
            return unreadable(String.valueOf(e.getMessage()));
        } catch (BeansException e) {
            return unreadable(cause(e));
        }
    }

    /** Our own words for it, if there are any: they name the file or the key. */
    static String cause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof LedgerUnavailableException)) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private int unreadable(String why) {
        if (json) {
            out.println(Wire.write(Map.of("result", "unreadable", "cause", why)));
        } else {
            out.println("The ledger cannot be read: " + why);
        }
        return BAD;
    }

    private int tell(LedgerProof proof) {
        List<Finding> findings = proof instanceof LedgerProof.Broken broken ? broken.findings() : List.of();
        long total = proof instanceof LedgerProof.Broken broken ? broken.total() : 0;
        boolean valid = proof instanceof LedgerProof.Whole;
        Checked checked = proof.checked();
        if (json) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("result", valid ? "valid" : "broken");
            form.put("entries", checked.entries());
            form.put("decisions", checked.decisions());
            form.put("actions", checked.actions());
            form.put("attempts", checked.attempts());
            form.put("head", Map.of("sequence", checked.sequence(), "hash", checked.head()));
            form.put("pruned", form(checked.pruned()));
            form.put(
                    "erased",
                    Map.of(
                            "erasures",
                            checked.erased().erasures(),
                            "rows",
                            checked.erased().rows()));
            form.put("findings", findings.stream().map(LedgerCommand::form).toList());
            form.put("total", total);
            out.println(Wire.write(form));
        } else {
            out.printf(
                    "The chain is %s: %d entries, %d decisions, %d actions, %d attempts checked; head %d %s%n",
                    valid ? "valid" : "broken (" + total + (total == 1 ? " finding)" : " findings)"),
                    checked.entries(),
                    checked.decisions(),
                    checked.actions(),
                    checked.attempts(),
                    checked.sequence(),
                    checked.head());
            LedgerProof.Pruned pruned = checked.pruned();
            if (pruned.entries() > 0) {
                out.printf(
                        "Pruned by retention: %d signals, %d entries; last at %s%n",
                        pruned.signals(), pruned.entries(), pruned.lastAt());
            }
            if (checked.erased().erasures() > 0) {
                out.printf(
                        "Erased on request: the content of %d rows, in %d batches%n",
                        checked.erased().rows(), checked.erased().erasures());
            }
            findings.forEach(finding -> out.printf(
                    "%s  %s %s %s: %s%n",
                    finding.sequence() == 0 ? "not in the chain" : "entry " + finding.sequence(),
                    finding.kind(),
                    finding.id(),
                    word(finding),
                    finding.detail()));
            if (total > findings.size()) {
                out.println("... and " + (total - findings.size()) + " more");
            }
        }
        return valid ? GOOD : BAD;
    }

    private static Map<String, Object> form(LedgerProof.Pruned pruned) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("signals", pruned.signals());
        form.put("entries", pruned.entries());
        if (pruned.lastAt() != null) {
            form.put("lastAt", pruned.lastAt().toString());
        }
        return form;
    }

    private static Map<String, Object> form(Finding finding) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("sequence", finding.sequence());
        form.put("kind", finding.kind());
        form.put("id", finding.id());
        form.put("problem", word(finding));
        form.put("detail", finding.detail());
        return form;
    }

    private static String word(Finding finding) {
        return finding.problem().name().toLowerCase(Locale.ROOT);
    }
}
