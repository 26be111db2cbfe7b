package io.sampler4j.model.codec;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.CodecSpec;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.TokensSpec;
import java.util.List;
import java.util.Optional;

/**
 * The facts of a codec: how its codes lie, what a picture of so many of them measures, and where they are looked up.
 * Immutable and thread-safe.
 */
public final class Codec {
    private static final String ENCODER = "encoder";
    private static final String DECODER = "decoder";

    private final ModelDirectory directory;
    private final SampleSpec sample;
    private final TokensSpec tokens;
    private final Optional<Codebook> codebook;

    /** @throws RefusedException if the manifest does not say what a codec needs, or its codebook is none */
    public Codec(ModelDirectory directory) {
        this.directory = directory;
        Manifest m = directory.manifest();
        String name = directory.name();
        sample = m.sample()
                .orElseThrow(
                        () -> new RefusedException(name + " does not say what its pictures measure: sample.shape"));
        tokens = m.tokens().orElseThrow(() -> new RefusedException(name + " does not say what its codes are: tokens"));
        if (sample.shape().size() != 3 || tokens.shape().size() != 2) {
            throw new RefusedException(name + ": a codec has sample.shape [channels, height, width] and tokens.shape"
                    + " [rows, columns]; found " + sample.shape() + " and " + tokens.shape());
        }
        int height = sample.shape().get(1), width = sample.shape().get(2);
        if (height % rows() != 0 || height / rows() * columns() != width) {
            throw new RefusedException(name + ": pictures of " + width + "x" + height + " pixels are no whole number of"
                    + " pixels for each of " + columns() + "x" + rows() + " codes");
        }
        codebook =
                m.codec().flatMap(CodecSpec::codebook).map(f -> new Codebook(directory.file(f), tokens.vocabulary()));
    }

    /** The model. */
    public ModelDirectory directory() {
        return directory;
    }

    /** How many codes there are. */
    public int codes() {
        return tokens.vocabulary();
    }

    /** Rows of codes of the pictures it was trained on. */
    public int rows() {
        return tokens.shape().get(0);
    }

    /** Columns of codes of the pictures it was trained on. */
    public int columns() {
        return tokens.shape().get(1);
    }

    /** Pixels along the side of a code's square. */
    public int side() {
        return sample.shape().get(1) / rows();
    }

    /** Channels of a picture. */
    public int channels() {
        return sample.shape().get(0);
    }

    /** What a picture of so many codes is. */
    public SampleSpec picture(int rows, int columns) {
        return new SampleSpec(List.of(channels(), rows * side(), columns * side()), sample.low(), sample.high());
    }

    /**
     * Whether tiles of a picture equal the whole: it is known how far a pixel, and a code, sees. Otherwise they are
     * blended where they overlap.
     */
    public boolean tilesAreExact() {
        return reach() >= 0;
    }

    /** @throws RefusedException if a picture of so many pixels cannot be encoded, with the nearest that can */
    public void checkPicture(int height, int width) {
        int h = nearest(height, rows()), w = nearest(width, columns());
        if (h == height && w == width) return;
        throw new RefusedException("the picture has " + width + "x" + height + " pixels, and " + directory.name()
                + " takes multiples of " + side() + " from " + columns() * side() + "x" + rows() * side()
                + " on: the nearest is " + w + "x" + h + ". Scale it or crop it to that");
    }

    private int nearest(int pixels, int least) {
        return Math.max(least, Math.round((float) pixels / side())) * side();
    }

    /** @throws RefusedException if one of them is none of its codes, or they are fewer than its networks take */
    public void checkCodes(int[] codes, int rows, int columns) {
        if (rows < rows() || columns < columns()) {
            throw new RefusedException("there are " + rows + "x" + columns + " codes, and " + directory.name()
                    + " takes " + rows() + "x" + columns() + " or more");
        }
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] < 0 || codes[i] >= codes()) {
                int at = i % (rows * columns);
                throw new RefusedException(
                        "the code " + codes[i] + " at row " + at / columns + ", column " + at % columns
                                + " is none of the " + codes() + " of " + directory.name() + ", which count from 0");
            }
        }
    }

    /**
     * Checks that a prior draws the codes that this codec decodes.
     *
     * @throws RefusedException with the numbers of both
     */
    public void checkPrior(String name, TokensSpec prior) {
        if (prior.answered() != codes()) {
            throw new RefusedException(name + " draws from " + prior.answered() + " codes, and " + directory.name()
                    + " decodes " + codes() + ": they were not trained together, or tokens.codes of " + name
                    + " must say how many of its ids are codes");
        }
        if (!prior.shape().equals(tokens.shape())) {
            throw new RefusedException(name + " draws codes that lie as " + prior.shape() + ", and those of "
                    + directory.name() + " lie as " + tokens.shape() + ": they were not trained together");
        }
    }

    int reach() {
        return directory.manifest().codec().map(c -> c.reach().orElse(-1)).orElse(-1);
    }

    Optional<Codebook> codebook() {
        return codebook;
    }

    NetworkSpec encoder() {
        return network(ENCODER, "x", codebook.isPresent() ? "latent" : "ids");
    }

    NetworkSpec decoder() {
        return network(DECODER, codebook.isPresent() ? "latent" : "ids", "x");
    }

    private NetworkSpec network(String role, String in, String out) {
        NetworkSpec spec = directory.manifest().networks().get(role);
        if (spec != null && spec.inputs().containsKey(in) && spec.outputs().containsKey(out)) return spec;
        throw new RefusedException(
                directory.name() + " has no network of the role " + role + " from " + in + " to " + out
                        + (codebook.isPresent()
                                ? ""
                                : "; one of latents needs codec.codebook, the file of the codes' vectors"));
    }
}
