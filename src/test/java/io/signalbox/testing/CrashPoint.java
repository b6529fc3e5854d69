package io.signalbox.testing;

import io.signalbox.set.Verdict;
import io.signalbox.store.ActionRecord;
import io.signalbox.store.ActionState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/**
 * A place in the flow where the process ends at once, as if it had been killed just there.
 *
 * <p>What is shipped knows nothing of this. The class that holds the place is copied with one call put in front of or
 * behind one of its methods, and an agent made for this one start puts that copy in the place of the original. The
 * process then ends with a code of its own, so that a test can tell that the place was reached.
 */
public enum CrashPoint {
    /** The SET is in the queue; its sender has not heard so. */
    AFTER_ACCEPT("io.signalbox.ingest.push.PushAnswer", "answer", Accepted.class, 60),
    /** Every event of a webhook is in the queue; its vendor has not heard so. */
    AFTER_KEEP_OF_WEBHOOK("io.signalbox.ingest.webhook.WebhookAnswer", "answer", Entered.class, 20),
    /** The decision is in the ledger; nothing was sent. */
    AFTER_DECISION("io.signalbox.store.jdbc.JdbcLedger", "record", Left.class, 40),
    /** Two of a signal's actions were put into their queue, the others were not. */
    BETWEEN_SENDS("io.signalbox.act.Attempts", "message", ThirdOfItsSignal.class, 40),
    /** All of a transaction's work is done, and it is about to be committed in the broker. */
    BEFORE_COMMIT("org.springframework.jms.support.JmsUtils", "commitIfNecessary", Entered.class, 100),
    /** The target did it; the ledger does not know. */
    AFTER_ANSWER_OF_TARGET("io.signalbox.store.jdbc.JdbcLedger", "attempted|settled", Entered.class, 100),
    /** The target gave back what was taken; the ledger does not know. Where nothing is undone, nothing passes here. */
    DURING_UNDO("io.signalbox.store.jdbc.JdbcLedger", "attempted|settled", EnteredAsUndone.class, 10),
    /** The ledger knows; the message is still in the queue. */
    AFTER_OUTCOME("io.signalbox.store.jdbc.JdbcLedger", "attempted|settled", Left.class, 100),
    /** Actions were taken from the ledger for their next attempt; none is in its queue. */
    AFTER_LEASE("io.signalbox.store.jdbc.JdbcLedger", "due", LeftWithSomething.class, 2),
    /** A fetched SET is in the queue; its transmitter has not heard so. Where nothing is polled, nothing passes here. */
    AFTER_KEEP_OF_POLL("io.signalbox.ingest.poll.Receipts$Pad", "kept", Entered.class, 40),
    /** A policy is kept and compiled, and about to be made active. The first pass is the first start's. */
    BEFORE_ACTIVATION("io.signalbox.store.jdbc.JdbcPolicyBook", "activate", Entered.class, 1),
    /** The ledger says that another policy is active; the one before still decides here. */
    DURING_SWAP("io.signalbox.store.jdbc.JdbcPolicyBook", "activate", Left.class, 1),
    /** A SET of ours was pushed and its receiver answered; the outbox does not know. */
    AFTER_PUSH_TO_RECEIVER("io.signalbox.deliver.PushStream", "send", Left.class, 40);

    private static final Set<CrashPoint> ELSEWHERE =
            Set.of(DURING_UNDO, AFTER_KEEP_OF_POLL, BEFORE_ACTIVATION, DURING_SWAP, AFTER_PUSH_TO_RECEIVER);

    /** Those that are passed where SETs are pushed. */
    public static List<CrashPoint> ofPush() {
        return Stream.of(values()).filter(point -> !ELSEWHERE.contains(point)).toList();
    }

    private final String type;
    /** A regular expression: of the methods that it matches in full, each is a pass. */
    private final String method;

    private final Class<?> advice;
    private final int latest;

    CrashPoint(String type, String method, Class<?> advice, int latest) {
        this.type = type;
        this.method = method;
        this.advice = advice;
        this.latest = latest;
    }

    /** The pass at which to stop may be chosen from 1 to this: a hundred SETs are enough to reach it. */
    public int latest() {
        return latest;
    }

    /**
     * Writes the agent and gives the option that makes a Java process use it.
     *
     * @param pass at which pass of the point the process ends
     */
    public String option(Path agent, int pass) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", HaltAgent.class.getName());
        ClassFileLocator classFiles = ClassFileLocator.ForClassLoader.ofSystemLoader();
        try (OutputStream file = Files.newOutputStream(agent);
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.putNextEntry(new JarEntry(internal(HaltAgent.class.getName()) + ".class"));
            jar.write(classFiles.locate(HaltAgent.class.getName()).resolve());
            jar.putNextEntry(new JarEntry(HaltAgent.CHANGED_CLASS.substring(1)));
            jar.write(changed(classFiles));
        }
        return "-javaagent:" + agent.toAbsolutePath() + "=" + internal(type) + "," + pass;
    }

    private byte[] changed(ClassFileLocator classFiles) {
        TypeDescription found = TypePool.Default.of(classFiles).describe(type).resolve();
        if (found.getDeclaredMethods()
                .filter(ElementMatchers.nameMatches(method).and(ElementMatchers.not(ElementMatchers.isBridge())))
                .isEmpty()) {
            throw new IllegalStateException(this + ": " + type + " has no method " + method + " any more");
        }
        return new ByteBuddy()
                .redefine(found, classFiles)
                .visit(Advice.to(advice).on(ElementMatchers.nameMatches(method)))
                .make()
                .getBytes();
    }

    private static String internal(String name) {
        return name.replace('.', '/');
    }

    // The bodies of these are copied into the class at hand; they are never called where they stand.

    private static final class Entered {
        @Advice.OnMethodEnter
        static void enter() {
            HaltAgent.passed();
        }
    }

    private static final class EnteredAsUndone {
        @Advice.OnMethodEnter
        static void enter(@Advice.AllArguments Object[] arguments) {
            for (Object argument : arguments) {
                if (argument == ActionState.UNDONE) {
                    HaltAgent.passed();
                }
            }
        }
    }

    /** By returning: a method that failed did not do what the point says. */
    private static final class Left {
        @Advice.OnMethodExit
        static void exit() {
            HaltAgent.passed();
        }
    }

    private static final class LeftWithSomething {
        @Advice.OnMethodExit
        static void exit(@Advice.Return List<?> result) {
            if (!result.isEmpty()) {
                HaltAgent.passed();
            }
        }
    }

    private static final class Accepted {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) Object verdict) {
            if (verdict instanceof Verdict.Accepted) {
                HaltAgent.passed();
            }
        }
    }

    private static final class ThirdOfItsSignal {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(0) ActionRecord action) {
            // Not one that is sent again because its next attempt is due.
            if (action.action().ordinal() == 2 && action.attempts().isEmpty()) {
                HaltAgent.passed();
            }
        }
    }
}
