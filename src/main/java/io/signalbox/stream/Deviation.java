package io.signalbox.stream;

/**
 * Something that a transmitter did otherwise than the text has it, and that we put up with.
 *
 * @param rule the rule that was not kept
 * @param what in one sentence; holds no secret and no subject
 */
public record Deviation(String rule, String what) {}
