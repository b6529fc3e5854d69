package io.signalbox.set;

/** Whose SETs are taken at all: the issuers that the operator trusts. */
public interface KnownIssuers {

    /** Whether this issuer is trusted; compared character for character. */
    boolean knows(String issuer);

    /** Whether it signs nothing, and what its sources tell is signed over by us. */
    default boolean attested(String issuer) {
        return false;
    }
}
