package io.signalbox.action;

/** How bad it is, in rising order. Policy says so, not the transmitter. */
public enum Severity {
    INFO,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
}
