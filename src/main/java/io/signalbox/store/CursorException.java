package io.signalbox.store;

/** What was handed in to get the next page did not end a page of this list. */
public final class CursorException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public CursorException() {
        super("The cursor did not end a page of this list");
    }
}
