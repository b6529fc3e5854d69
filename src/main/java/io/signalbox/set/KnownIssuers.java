package io.signalbox.set;

/** Whose SETs are taken at all: the issuers that the operator trusts. */
public interface KnownIssuers {

    /** Whether this issuer is trusted; compared character for character. */
    boolean knows(String issuer);
}
