package io.signalbox.decide;

/**
 * Which policy decides, for start-up report and administration.
 *
 * @param version digest of the rules and their cases; kept with each decision
 * @param ruleCount rules, each row of a decision table counted as one
 * @param fileCount files that hold rules
 * @param origin the folder they were read from, or that they are those in the jar
 */
record PolicyInfo(String version, int ruleCount, int fileCount, String origin) {}
