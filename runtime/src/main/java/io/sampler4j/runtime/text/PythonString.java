package io.sampler4j.runtime.text;

import com.hubspot.jinjava.objects.collections.PyList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import jinjava.javax.el.ELException;

/** Python's methods of strings that chat templates call. */
final class PythonString {
    private PythonString() {}

    /** @throws ELException if there is no such method here, or its arguments are none of its own */
    static Object call(String s, String method, Object[] a) {
        try {
            return switch (method) {
                case "strip" -> strip(s, a, true, true);
                case "lstrip" -> strip(s, a, true, false);
                case "rstrip" -> strip(s, a, false, true);
                case "startswith" -> any(a[0], s, String::startsWith);
                case "endswith" -> any(a[0], s, String::endsWith);
                case "split" -> split(s, a);
                case "rsplit" -> rsplit(s, a);
                case "splitlines" -> list(s.lines().toList());
                case "upper" -> s.toUpperCase(Locale.ROOT);
                case "lower" -> s.toLowerCase(Locale.ROOT);
                case "title" -> title(s);
                case "capitalize" -> capital(s);
                case "replace" -> replace(s, text(a[0]), text(a[1]), a.length > 2 ? whole(a[2]) : -1);
                case "find" -> (long) s.indexOf(text(a[0]));
                case "rfind" -> (long) s.lastIndexOf(text(a[0]));
                case "count" -> (long) count(s, text(a[0]));
                case "join" ->
                    String.join(
                            s, ((List<?>) a[0]).stream().map(PythonString::text).toList());
                case "removeprefix" ->
                    s.startsWith(text(a[0])) ? s.substring(text(a[0]).length()) : s;
                case "removesuffix" ->
                    s.endsWith(text(a[0]))
                            ? s.substring(0, s.length() - text(a[0]).length())
                            : s;
                case "isdigit" -> !s.isEmpty() && s.codePoints().allMatch(Character::isDigit);
                default -> throw new ELException("there is no method \"" + method + "\" of strings here");
            };
        } catch (ArrayIndexOutOfBoundsException | ClassCastException e) {
            throw new ELException("the arguments of \"" + method + "\" are not what Python's method takes", e);
        }
    }

    private static String text(Object o) {
        return ((CharSequence) o).toString();
    }

    private static int whole(Object o) {
        return ((Number) o).intValue();
    }

    private static PyList list(List<String> parts) {
        return new PyList(new ArrayList<>(parts));
    }

    private static String strip(String s, Object[] a, boolean left, boolean right) {
        String of = a.length > 0 && a[0] != null ? text(a[0]) : null;
        int from = 0, to = s.length();
        while (left && from < to && in(s.charAt(from), of)) from++;
        while (right && to > from && in(s.charAt(to - 1), of)) to--;
        return s.substring(from, to);
    }

    private static boolean in(char c, String of) {
        return of == null ? space(c) : of.indexOf(c) >= 0;
    }

    private static boolean space(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    private static boolean any(Object what, String s, BiPredicate<String, String> is) {
        if (!(what instanceof List<?> several)) return is.test(s, text(what));
        return several.stream().anyMatch(one -> is.test(s, text(one)));
    }

    private static PyList split(String s, Object[] a) {
        int most = a.length > 1 ? whole(a[1]) : -1;
        List<String> parts = new ArrayList<>();
        if (a.length == 0 || a[0] == null) {
            String left = strip(s, new Object[0], true, most < 0);
            while (!left.isEmpty()) {
                int end = 0;
                while (end < left.length() && !space(left.charAt(end))) end++;
                if (most >= 0 && parts.size() == most) end = left.length();
                parts.add(left.substring(0, end));
                left = strip(left.substring(end), new Object[0], true, false);
            }
            return list(parts);
        }
        String by = separator(a);
        int at = 0;
        for (int i; (i = s.indexOf(by, at)) >= 0 && (most < 0 || parts.size() < most); at = i + by.length()) {
            parts.add(s.substring(at, i));
        }
        parts.add(s.substring(at));
        return list(parts);
    }

    private static PyList rsplit(String s, Object[] a) {
        int most = a.length > 1 ? whole(a[1]) : -1;
        String by = separator(a);
        List<String> parts = new ArrayList<>();
        int end = s.length();
        for (int i; (most < 0 || parts.size() < most) && end - by.length() >= 0; end = i) {
            i = s.lastIndexOf(by, end - by.length());
            if (i < 0) break;
            parts.add(s.substring(i + by.length(), end));
        }
        parts.add(s.substring(0, end));
        Collections.reverse(parts);
        return list(parts);
    }

    private static String separator(Object[] a) {
        String by = text(a[0]);
        if (by.isEmpty()) throw new ELException("empty separator");
        return by;
    }

    private static int count(String s, String of) {
        if (of.isEmpty()) return s.length() + 1;
        int n = 0;
        for (int i = s.indexOf(of); i >= 0; i = s.indexOf(of, i + of.length())) n++;
        return n;
    }

    private static String replace(String s, String what, String by, int most) {
        long length = s.length() + (long) count(s, what) * Math.max(0, by.length() - what.length());
        if (length > Jinja.LONGEST) throw new ELException("a string of more than " + Jinja.LONGEST + " characters");
        if (most < 0) return s.replace(what, by);
        StringBuilder b = new StringBuilder();
        int at = 0;
        for (int i; most-- > 0 && (i = s.indexOf(what, at)) >= 0; at = i + Math.max(1, what.length())) {
            b.append(s, at, i).append(by);
            if (what.isEmpty() && i < s.length()) b.append(s.charAt(i));
            if (i >= s.length()) return b.toString();
        }
        return b.append(s, Math.min(at, s.length()), s.length()).toString();
    }

    private static String capital(String s) {
        if (s.isEmpty()) return s;
        int n = s.offsetByCodePoints(0, 1);
        return s.substring(0, n).toUpperCase(Locale.ROOT) + s.substring(n).toLowerCase(Locale.ROOT);
    }

    private static String title(String s) {
        StringBuilder b = new StringBuilder();
        boolean letter = false;
        for (int c : s.codePoints().toArray()) {
            b.appendCodePoint(letter ? Character.toLowerCase(c) : Character.toTitleCase(c));
            letter = Character.isLetter(c);
        }
        return b.toString();
    }
}
