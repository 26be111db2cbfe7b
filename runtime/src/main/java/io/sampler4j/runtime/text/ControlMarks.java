package io.sampler4j.runtime.text;

import io.sampler4j.api.error.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells a template's control tokens from text that only looks like them. What looks like one in a message is guarded before
 * the template sees it; what is left unguarded in the rendered text is the template's own, and becomes a mark that no text
 * holds. The three characters it uses are among those that Unicode keeps out of text. Immutable.
 */
final class ControlMarks {
    private static final char OPEN = '\uFDD0';
    private static final char CLOSE = '\uFDD1';
    private static final char GUARD = '\uFDD2';

    private final List<String> tokens;
    private final Pattern any;
    private final Set<Character> firsts = new HashSet<>();

    /** @param tokens the texts of the control tokens; the place of each is its number */
    ControlMarks(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        List<String> longestFirst = new ArrayList<>(tokens);
        longestFirst.removeIf(String::isEmpty);
        longestFirst.sort(Comparator.comparing(String::length).reversed());
        any = Pattern.compile(longestFirst.stream().map(Pattern::quote).collect(Collectors.joining("|")));
        longestFirst.forEach(t -> firsts.add(t.charAt(0)));
    }

    /** What stands for the control token of this number. */
    static String mark(int number) {
        return OPEN + Integer.toString(number) + CLOSE;
    }

    /** @throws RefusedException if a text holds a character that this class uses */
    static void check(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= OPEN && c <= GUARD) {
                throw new RefusedException(
                        "the text has the character U+%X at position %d, which Unicode keeps out of text:"
                                        .formatted((int) c, i)
                                + " leave it away");
            }
        }
    }

    /** Guards what looks like a control token. */
    String guard(String text) {
        check(text);
        Matcher m = any.matcher(text);
        StringBuilder guarded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (starts(m, text, i)) guarded.append(GUARD);
            guarded.append(text.charAt(i));
        }
        return guarded.toString();
    }

    /** Puts marks for control tokens, but for guarded ones, whose guards it takes away. */
    String mark(String rendered) {
        Matcher m = any.matcher(rendered);
        StringBuilder marked = new StringBuilder();
        for (int i = 0; i < rendered.length(); i++) {
            char c = rendered.charAt(i);
            if (c == GUARD) {
                if (++i < rendered.length()) marked.append(rendered.charAt(i));
            } else if (starts(m, rendered, i)) {
                marked.append(mark(tokens.indexOf(m.group())));
                i = m.end() - 1;
            } else {
                marked.append(c);
            }
        }
        return marked.toString();
    }

    private boolean starts(Matcher m, String text, int i) {
        return firsts.contains(text.charAt(i)) && m.region(i, text.length()).lookingAt();
    }
}
