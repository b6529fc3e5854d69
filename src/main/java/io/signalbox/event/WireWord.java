package io.signalbox.event;

/** A value of a closed list, as it is spelt on the wire. */
interface WireWord {

    String word();
}
