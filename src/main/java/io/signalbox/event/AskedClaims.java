package io.signalbox.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a payload, and remembers what a type's reader asks of it: so a type's claims are written down once, where
 * they are read, and documentation and tests hear of them there.
 */
final class AskedClaims extends Claims {

    private final List<EventType.Claim> asked = new ArrayList<>();
    private final Map<String, Object> sample = new LinkedHashMap<>();

    AskedClaims() {
        super(Map.of());
    }

    @Override
    Object take(String claim, Supplier<Wanted> wanted) {
        Wanted each = wanted.get();
        asked.add(new EventType.Claim(claim, each.kind(), each.required()));
        sample.put(claim, each.value());
        return each.value();
    }

    /** Claims that a type borrows are not its own. */
    @Override
    <T> @Nullable T borrowed(Function<Claims, @Nullable T> reader) {
        return null;
    }

    /** In the order in which they are read. */
    List<EventType.Claim> asked() {
        return List.copyOf(asked);
    }

    /** A payload that has them all. */
    Map<String, Object> sample() {
        return sample;
    }
}
