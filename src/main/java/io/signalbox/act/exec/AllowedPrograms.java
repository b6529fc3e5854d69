package io.signalbox.act.exec;

import io.signalbox.Step;
import io.signalbox.act.ConfiguredTargets;
import io.signalbox.act.TargetCalls;
import io.signalbox.action.Action;
import io.signalbox.action.Outcome;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program with arguments, never a shell. The program is a fixed path that the operator allowed twice, at the target and
 * in {@code signalbox.exec.allow}; its arguments are split before anything of the action is put into them, so that no
 * value becomes two arguments, and each value is checked, so that none becomes an option.
 */
@Step("allowedPrograms")
public class AllowedPrograms {

    private static final String KIND = "exec";

    /** Nothing of our own environment, in which credentials may stand. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

    private final ConfiguredTargets targets;
    private final TargetCalls calls;
    private final ExecProperties properties;

    /** @throws IllegalArgumentException naming the key, if a target names a program that is not allowed */
    AllowedPrograms(ConfiguredTargets targets, TargetCalls calls, ExecProperties properties) {
        this.targets = targets;
        this.calls = calls;
        this.properties = properties;
        for (String target : targets.names()) {
            if (targets.kind(target).equals(KIND)) {
                check("signalbox.targets." + target + ".options.", targets.options(target));
            }
        }
    }

    private void check(String key, Map<String, String> options) {
        String program = options.getOrDefault("program", "");
        if (!properties.allow().contains(Path.of(program))) {
            throw new IllegalArgumentException(
                    key + "program: must be one of the paths in signalbox.exec.allow, which are " + properties.allow());
        }
        try {
            Pattern.compile(options.getOrDefault("pattern", ""));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(key + "pattern: is no regular expression", e);
        }
        for (String exit : words(options.getOrDefault("exits", ""))) {
            if (!exit.matches("[0-9]{1,3}=(done|already-done|not-found|refused|no-answer)")) {
                throw new IllegalArgumentException(
                        key + "exits: must be like 0=done 3=already-done, and holds " + exit);
            }
        }
    }

    /**
     * Runs the target's program once.
     *
     * @param options the target's
     * @param resolved whom the target's chain found the subject to be; absent if it has none
     */
    public Outcome run(Action action, String target, Map<String, String> options, @Nullable String resolved) {
        Path program = Path.of(options.getOrDefault("program", ""));
        String unfit = unfit(program);
        if (unfit != null) {
            return new Outcome.Refused(unfit);
        }
        Pattern pattern = Pattern.compile(options.getOrDefault("pattern", ""));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        for (String word : words(options.getOrDefault("arguments", ""))) {
            command.add(calls.word(action, target, options, resolved, word, pattern));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                // What a program prints may hold anything, credentials too; its exit code says what came of it.
                .redirectOutput(Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            try {
                if (!process.waitFor(targets.timeoutMillis(target), TimeUnit.MILLISECONDS)) {
                    return new Outcome.NoAnswer("The program did not end in time, and was ended", null);
                }
            } finally {
                end(process);
            }
            return outcome(process.exitValue(), options);
        } catch (IOException e) {
            return new Outcome.NoAnswer(
                    "The program did not start: " + e.getClass().getSimpleName(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.NoAnswer("We stopped while the program ran", null);
        }
    }

    /** Its children too: a program that is ended would leave them behind. */
    private static void end(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private @Nullable String unfit(Path program) {
        if (!properties.allow().contains(program)) {
            return "The program is not listed in signalbox.exec.allow";
        }
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            return "There is no such program, or we may not run it";
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(program);
            return permissions.contains(PosixFilePermission.OTHERS_WRITE)
                            || Files.getPosixFilePermissions(
                                            program.toRealPath().getParent())
                                    .contains(PosixFilePermission.OTHERS_WRITE)
                    ? "The program may be changed by everybody on this machine"
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return "Nobody can tell who may change the program";
        }
    }

    private static Outcome outcome(int exit, Map<String, String> options) {
        String detail = "Exit code " + exit;
        for (String meaning : words(options.getOrDefault("exits", ""))) {
            if (meaning.startsWith(exit + "=")) {
                return switch (meaning.substring(meaning.indexOf('=') + 1)) {
                    case "done" -> new Outcome.Done(detail);
                    case "already-done" -> new Outcome.AlreadyDone(detail);
                    case "not-found" -> new Outcome.NotFound(detail);
                    case "no-answer" -> new Outcome.NoAnswer(detail, null);
                    default -> new Outcome.Refused(detail);
                };
            }
        }
        return new Outcome.Refused(detail);
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
