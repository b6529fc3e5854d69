package io.signalbox.stream;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a transmitter says of itself. An endpoint that is absent is not offered (T-03).
 *
 * @param issuer the URL it was discovered by, and {@code iss} of its SETs
 * @param specVersion {@code 1_0} or later for the final text; absent means a draft
 * @param jwksUri where its keys are; absent only if it signs nothing
 * @param deliveryMethods as written; empty if it does not say
 * @param authorizationSchemes URNs; empty if it does not say
 * @param criticalSubjectMembers members of complex subjects that we must be able to process
 * @param defaultSubjects {@code ALL} or {@code NONE}; absent if it does not say
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-7.1">SSF 1.0, section
 *     7.1</a>
 */
public record TransmitterMetadata(
        String issuer,
        @Nullable String specVersion,
        @Nullable URI jwksUri,
        List<String> deliveryMethods,
        @Nullable URI configurationEndpoint,
        @Nullable URI statusEndpoint,
        @Nullable URI addSubjectEndpoint,
        @Nullable URI removeSubjectEndpoint,
        @Nullable URI verificationEndpoint,
        List<String> authorizationSchemes,
        List<String> criticalSubjectMembers,
        @Nullable String defaultSubjects) {

    static TransmitterMetadata read(Map<?, ?> json) {
        Members members = new Members(json, "T-03");
        return new TransmitterMetadata(
                members.needed("issuer"),
                members.text("spec_version"),
                members.uri("jwks_uri"),
                members.texts("delivery_methods_supported"),
                members.uri("configuration_endpoint"),
                members.uri("status_endpoint"),
                members.uri("add_subject_endpoint"),
                members.uri("remove_subject_endpoint"),
                members.uri("verification_endpoint"),
                schemes(members, json.get("authorization_schemes")),
                members.texts("critical_subject_members"),
                members.text("default_subjects"));
    }

    private static List<String> schemes(Members members, @Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Collection<?> schemes)) {
            throw members.unfit("authorization_schemes", "is no array");
        }
        List<String> urns = new ArrayList<>();
        for (Object scheme : schemes) {
            if (!(scheme instanceof Map<?, ?> map) || !(map.get("spec_urn") instanceof String urn)) {
                throw members.unfit("authorization_schemes", "has an entry without a spec_urn");
            }
            urns.add(urn);
        }
        return urns;
    }
}
