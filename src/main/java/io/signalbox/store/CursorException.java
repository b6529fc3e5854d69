package io.signalbox.store;

/** What was handed in to get the next page did not end a page of this list. */
public final class CursorException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public CursorException() {
        super("is not the cursor that a page of this list ended with");
    }
}
