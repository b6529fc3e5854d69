package io.signalbox;

import io.signalbox.CommandLine.Configured;
import io.signalbox.CommandLine.Misuse;
import io.signalbox.connector.ConnectorCases;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code connector test} runs a connector's {@code cases.yaml} with the engine that runs the connector in production. */
final class ConnectorCommand {

    static final String USAGE = "usage: java -jar signalbox.jar connector test <routes directory>/act/<name>";

    private ConnectorCommand() {}

    /** Gives the exit code: 0 all cases are as they should be and nothing is missing, 1 not so, 2 misuse. */
    static int run(List<String> arguments, PrintStream out) {
        try {
            CommandLine line = CommandLine.read(arguments, Set.of(), Set.of());
            if (line.words().size() != 2 || !line.words().get(0).equals("test")) {
                throw new Misuse("the word test and one folder are needed");
            }
            Path folder = Path.of(line.words().get(1)).toAbsolutePath().normalize();
            Path act = folder.getParent();
            Path routes = act == null ? null : act.getParent();
            if (act == null || routes == null || !act.endsWith("act")) {
                throw new Misuse("a connector's folder lies in a folder named act");
            }
            if (!Files.isDirectory(folder)) {
                throw new Misuse(folder + " is no folder");
            }
            // Opened for its log alone, which is silent.
            try (Configured configured = line.configured()) {
                return test(routes, String.valueOf(folder.getFileName()), out);
            }
        } catch (Misuse e) {
            out.println(e.getMessage());
            return CommandLine.MISUSE;
        }
    }

    private static int test(Path routes, String name, PrintStream out) {
        int bad = 0;
        try (ConnectorCases cases = ConnectorCases.open(routes, List.of(name))) {
            for (String one : cases.names(name)) {
                String difference = cases.run(name, one);
                out.println((difference == null ? "ok    " : "WRONG ") + one);
                if (difference != null) {
                    out.println("      " + difference.replace("\n", "\n      "));
                    bad++;
                }
            }
            for (String gap : cases.gaps(name)) {
                out.println("MISSING " + gap);
                bad++;
            }
            out.println(cases.names(name).size() + " cases, "
                    + (bad == 0 ? "all as they should be" : bad + " things to mend"));
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            Throwable cause = e;
            while (cause.getCause() != null && cause.getCause().getMessage() != null) {
                cause = cause.getCause();
            }
            out.println(cause.getMessage());
            return CommandLine.BAD;
        }
        return bad == 0 ? CommandLine.GOOD : CommandLine.BAD;
    }
}
