package io.sampler4j.plugins.bytes;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.text.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pf4j.Extension;

/**
 * The tokenizer {@code bytes}: the id of a byte of UTF-8 is the byte plus {@code first}; other ids are special and have no
 * text. One class is tokenizer and contribution: an example of a tokenizer in a plugin.
 */
@Extension
public final class Bytes implements Tokenizer, Contribution {
    private static final Option<Integer> FIRST = Option.whole("first", 0, 0, 1 << 20, "the id of the byte 0");
    private static final Option<Integer> SIZE =
            Option.whole("size", 256, 256, 1 << 21, "how many ids there are, special ones included");

    private final int first;
    private final int size;

    /** For PF4J. */
    public Bytes() {
        this(0, 256);
    }

    private Bytes(int first, int size) {
        if (first + 256 > size) {
            throw new IllegalArgumentException(
                    "bytes from the id " + first + " on need " + (first + 256) + " ids, and size says " + size);
        }
        this.first = first;
        this.size = size;
    }

    @Override
    public List<Offer<?>> offers() {
        return List.of(Offer.of(Tokenizer.class, "bytes", o -> new Bytes(o.get(FIRST), o.get(SIZE)), FIRST, SIZE)
                .about("one id a byte of UTF-8"));
    }

    @Override
    public int vocabulary() {
        return size;
    }

    @Override
    public int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) ids[i] = first + (bytes[i] & 0xff);
        return ids;
    }

    @Override
    public String decode(int[] ids, int from, int to) {
        Stream stream = stream();
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) text.append(stream.push(ids[i]));
        return text.append(stream.finish()).toString();
    }

    @Override
    public Stream stream() {
        return new Decoding();
    }

    /** The JDK's decoder keeps an incomplete character in its input until the rest has come. */
    private final class Decoding implements Stream {
        private final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        private final ByteBuffer bytes = ByteBuffer.allocate(8);
        private final CharBuffer chars = CharBuffer.allocate(8);

        @Override
        public String push(int id) {
            if (id < first || id >= first + 256) return "";
            bytes.put((byte) (id - first));
            return decode(false);
        }

        @Override
        public String finish() {
            String text = decode(true);
            decoder.reset();
            return text;
        }

        private String decode(boolean end) {
            decoder.decode(bytes.flip(), chars, end);
            bytes.compact();
            String text = chars.flip().toString();
            chars.clear();
            return text;
        }
    }
}
