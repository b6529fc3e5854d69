package io.signalbox.event;

/**
 * What an event says about how its subject stands from now on, as opposed to what merely happened to it.
 *
 * @param name what it is about, such as {@code risk/USER} or {@code compliance}
 * @param value how it stands, as spelt on the wire
 */
public record Aspect(String name, String value) {}
