package io.signalbox.verify;

/** Whether what an issuer says is acted upon. */
enum Stance {
    /** Rules decide about it. */
    ENFORCING,
    /** It is recorded and shown, and nothing is done. */
    ADVISORY
}
