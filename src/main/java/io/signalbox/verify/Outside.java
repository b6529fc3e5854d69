package io.signalbox.verify;

/** What becomes of a genuine SET that its issuer was not entitled to send. */
enum Outside {
    /** Its sender is told so. */
    REFUSE,
    /** It is accepted, recorded and shown with the reason, and nothing is done. */
    RECORD
}
