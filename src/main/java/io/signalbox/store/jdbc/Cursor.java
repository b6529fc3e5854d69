package io.signalbox.store.jdbc;

import io.signalbox.store.CursorException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The place in a list where a page ended: the sort key of its last row. Unlike an offset it costs the same at any depth,
 * and rows that arrive meanwhile shift nothing. Opaque outside, so that the key may change.
 *
 * @param at the row's time, epoch milliseconds
 * @param id the row's id; tells rows of the same time apart
 */
record Cursor(long at, String id) {

    static @Nullable Cursor read(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String key = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int colon = key.indexOf(':');
            return new Cursor(Long.parseLong(key.substring(0, Math.max(colon, 0))), key.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw new CursorException();
        }
    }

    String write() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((at + ":" + id).getBytes(StandardCharsets.UTF_8));
    }
}
