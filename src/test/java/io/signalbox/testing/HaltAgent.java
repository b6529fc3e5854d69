package io.signalbox.testing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs inside the gateway's process, as its Java agent: puts the class that {@link CrashPoint} prepared in the place of
 * the shipped one, and stops the process the moment its point was passed often enough.
 *
 * <p>It needs nothing but the Java runtime, and is found by every class loader of the packaged jar, since those ask the
 * one of the class path first.
 */
public final class HaltAgent implements ClassFileTransformer {

    /** Not 137: nobody shall take a SIGKILL, ours or the kernel's, for a point that was reached. */
    public static final int EXIT_CODE = 86;

    static final String CHANGED_CLASS = "/changed.class";

    private static final AtomicInteger LEFT = new AtomicInteger();

    private final String name;
    private final byte[] changed;

    private HaltAgent(String name, byte[] changed) {
        this.name = name;
        this.changed = changed;
    }

    /** @param argument the internal name of the class to change, a comma, and at which pass to stop */
    public static void premain(String argument, Instrumentation instrumentation) throws IOException {
        int comma = argument.indexOf(',');
        LEFT.set(Integer.parseInt(argument.substring(comma + 1)));
        try (InputStream changed = HaltAgent.class.getResourceAsStream(CHANGED_CLASS)) {
            if (changed == null) {
                throw new FileNotFoundException(CHANGED_CLASS);
            }
            instrumentation.addTransformer(new HaltAgent(argument.substring(0, comma), changed.readAllBytes()));
        }
    }

    @Override
    @SuppressWarnings("NullAway") // to answer null is how a transformer says that it leaves a class alone
    public byte[] transform(
            ClassLoader loader,
            String className,
            @Nullable Class<?> redefined,
            ProtectionDomain domain,
            byte[] classFile) {
        return name.equals(className) ? changed : null;
    }

    /** Called by the changed class. Like a SIGKILL, this runs no hook and flushes nothing. */
    public static void passed() {
        if (LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
