package io.signalbox.transmit;

import io.signalbox.set.SubjectIdentifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How subjects are named to a receiver: always the same way, so that it cannot put together what it was told in different
 * ones (T-121).
 *
 * @see <a href="https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#section-10.1">SSF 1.0, section
 *     10.1</a>
 */
enum SubjectForm {
    AS_GIVEN("as-given"),
    EMAIL("email"),
    ISS_SUB("iss_sub"),
    ACCOUNT("account"),
    PHONE_NUMBER("phone_number"),
    OPAQUE("opaque"),
    /** An opaque identifier that no other receiver is told. */
    PAIRWISE("pairwise");

    private final String word;

    SubjectForm(String word) {
        this.word = word;
    }

    static Optional<SubjectForm> named(String word) {
        return Arrays.stream(values()).filter(form -> form.word.equals(word)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(form -> form.word).toList();
    }

    /**
     * The subject as this receiver is told it; of a complex one, each of its members.
     *
     * @param pseudonym makes a pairwise identifier of a canonical subject
     * @return empty if it has no identifier of this form
     */
    Optional<SubjectIdentifier> of(SubjectIdentifier subject, UnaryOperator<String> pseudonym) {
        if (!subject.format().equals(SubjectIdentifier.COMPLEX)) {
            return simple(subject, pseudonym);
        }
        Map<String, Object> members = new TreeMap<>();
        for (Map.Entry<String, SubjectIdentifier> each : subject.principals().entrySet()) {
            // Only the user has a form; a device or a tenant is what it is, unless nobody else may recognise it.
            boolean formed = each.getKey().equals("user") || this == PAIRWISE;
            Optional<SubjectIdentifier> member =
                    formed ? simple(each.getValue(), pseudonym) : Optional.of(registered(each.getValue()));
            if (member.isEmpty()) {
                return Optional.empty();
            }
            members.put(each.getKey(), member.get().toJson());
        }
        return Optional.of(new SubjectIdentifier(SubjectIdentifier.COMPLEX, members));
    }

    private Optional<SubjectIdentifier> simple(SubjectIdentifier subject, UnaryOperator<String> pseudonym) {
        if (this == AS_GIVEN) {
            return Optional.of(registered(subject));
        }
        if (this == PAIRWISE) {
            return Optional.of(new SubjectIdentifier("opaque", Map.of("id", pseudonym.apply(subject.fingerprint()))));
        }
        return subject.identifiers().stream()
                .map(SubjectForm::registered)
                .filter(each -> each.format().equals(word))
                .findFirst();
    }

    /** SSF 1.0 has {@code phone} in an example; the registered name is another (T-64). */
    private static SubjectIdentifier registered(SubjectIdentifier subject) {
        if (!subject.format().equals("phone")) {
            return subject;
        }
        @Nullable
        Object number =
                subject.members().getOrDefault("phone_number", subject.members().get("phone"));
        return number == null ? subject : new SubjectIdentifier("phone_number", Map.of("phone_number", number));
    }
}
