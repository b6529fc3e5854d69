package io.signalbox.decide;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The word that somebody meant who mistyped it. */
final class Nearest {

    private static final int MOST_CHANGES = 3;

    private Nearest() {}

    /** {@code ; did you mean 'x'?}, or nothing if no word is near. */
    static String hint(String word, Collection<String> words) {
        return to(word, words).map(near -> "; did you mean '" + near + "'?").orElse("");
    }

    private static Optional<String> to(String word, Collection<String> words) {
        int allowed = Math.min(MOST_CHANGES, Math.max(1, word.length() / 3));
        return words.stream()
                .filter(each -> Math.abs(each.length() - word.length()) <= allowed)
                .filter(each -> changes(word, each) <= allowed)
                .min(Comparator.comparingInt((String each) -> changes(word, each))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Letters to put in, take out or replace; upper and lower case are alike. */
    private static int changes(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
