package io.sampler4j.runtime.text;

import io.sampler4j.api.text.Tokenizer;
import java.util.Arrays;

/**
 * Streams any tokenizer by decoding a short window twice, with and without the newest ids: what they add is new. Ids
 * before the window are kept out, those in it keep the context that some decoders look at (a leading space, joined
 * pieces). While the window ends in U+FFFD a character is incomplete, and nothing is given.
 */
final class WindowStream implements Tokenizer.Stream {
    private static final char BROKEN = '\uFFFD';

    private final Tokenizer tokenizer;
    private int[] ids = new int[64];
    private int size;
    private int window;
    private int given;

    WindowStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public String push(int id) {
        if (size == ids.length) ids = Arrays.copyOf(ids, 2 * size);
        ids[size++] = id;
        return next(false);
    }

    @Override
    public String finish() {
        return next(true);
    }

    private String next(boolean last) {
        String before = tokenizer.decode(ids, window, given), now = tokenizer.decode(ids, window, size);
        boolean broken = !now.isEmpty() && now.charAt(now.length() - 1) == BROKEN;
        if (now.length() <= before.length() || broken && !last) return "";
        window = given;
        given = size;
        return now.substring(before.length());
    }
}
