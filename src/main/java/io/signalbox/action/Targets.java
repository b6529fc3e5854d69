package io.signalbox.action;

import java.util.List;

/** Which configured targets do which kinds of action. */
public interface Targets {

    /** Names of the targets that do this kind, in the order of their names; empty if none does. */
    List<String> doing(String kind);
}
