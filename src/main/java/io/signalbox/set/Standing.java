package io.signalbox.set;

import org.jspecify.annotations.Nullable;

/**
 * What a genuine SET counts for here, by what the operator lets its issuer say, and about whom. Nothing that is not
 * {@link Word#ENTITLED} is ever acted upon.
 *
 * @param word what it counts for
 * @param reason why it counts for less, a sentence for operators that holds nothing of the token; absent if it is
 *     entitled
 */
public record Standing(Word word, @Nullable String reason) {

    /** May be acted upon. */
    public static final Standing ENTITLED = new Standing(Word.ENTITLED, null);

    /** What a SET counts for. */
    public enum Word {
        /** The issuer may say this about this subject. */
        ENTITLED("entitled"),
        /** The issuer is listened to, and no more than that. */
        ADVISORY("advisory"),
        /** The issuer may not say this, or not about this subject, or not that late, or it is not to be understood. */
        NOT_ENTITLED("not entitled");

        private final String spelling;

        Word(String spelling) {
            this.spelling = spelling;
        }

        /** As operators read it. */
        public String spelling() {
            return spelling;
        }
    }

    /** Whether rules may see it, and whether it leaves anything known of its subject. */
    public boolean counts() {
        return word == Word.ENTITLED;
    }
}
