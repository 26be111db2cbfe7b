package io.sampler4j.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Messages about names that are not there. */
public final class Names {
    private Names() {}

    /**
     * Says that a name is unknown and what there is, nearest first.
     *
     * @param kind what is named, such as {@code sampler}
     */
    public static String unknown(String kind, String asked, Collection<String> there) {
        String start = "there is no " + kind + " \"" + asked + "\"";
        if (there.isEmpty()) return start + ", nor any other";
        List<String> nearest = nearest(asked, there);
        String first = nearest.get(0);
        boolean alike = distance(asked, first) <= Math.max(2, first.length() / 2);
        return start
                + (alike ? "; did you mean \"" + first + "\"? There " : "; there ")
                + (nearest.size() == 1 ? "is: " : "are: ")
                + String.join(", ", nearest);
    }

    /** The names, each once, the nearest to what was asked first. */
    static List<String> nearest(String asked, Collection<String> there) {
        return there.stream()
                .distinct()
                .sorted(Comparator.<String>comparingInt(name -> distance(asked, name))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Levenshtein's distance, whatever the case. */
    static int distance(String a, String b) {
        String s = a.toLowerCase(Locale.ROOT), t = b.toLowerCase(Locale.ROOT);
        int[] row = new int[t.length() + 1];
        for (int j = 0; j < row.length; j++) row[j] = j;
        for (int i = 1; i <= s.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (s.charAt(i - 1) == t.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[t.length()];
    }
}
