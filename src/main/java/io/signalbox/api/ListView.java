package io.signalbox.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.signalbox.store.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Part of a list.
 *
 * @param next the parameter {@code after} of the next page; absent on the last page
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListView<T>(List<T> items, @Nullable String next) {

    static <R, T> ListView<T> of(Page<R> page, Function<R, T> view) {
        return new ListView<>(page.items().stream().map(view).toList(), page.next());
    }
}
