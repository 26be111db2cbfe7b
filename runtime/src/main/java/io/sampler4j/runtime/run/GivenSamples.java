package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Samples that a user gives to be looked at: pngs of one sample each, or one npy of [n, ...]. */
final class GivenSamples {
    /** Samples of pictures leave the range by little. What is farther out was meant in other units, such as 0 to 255. */
    static final double SLACK = 0.1;

    private GivenSamples() {}

    /**
     * Reads them, [n, ...] in the range of the model's.
     *
     * @param slack the share of the range that a value may be outside of it
     * @param hashes takes the sha256 of each file
     * @throws RefusedException if one cannot be read, has another shape, or lies far outside of the range
     */
    static Npy read(List<Path> files, SampleSpec sample, double slack, Map<String, String> hashes) {
        int each = sample.size();
        boolean pictures = files.stream().allMatch(Inputs::isPng);
        if (!pictures && files.size() != 1) {
            throw new RefusedException("samples are given as pngs, or as one npy of shape [n, ...]; got " + files);
        }
        int count = pictures ? files.size() : 0;
        float[] values;
        if (pictures) {
            List<Integer> one = sample.shape();
            if (one.size() != 3) throw new RefusedException("samples of " + one + " are no pictures: give an npy");
            values = new float[count * each];
            for (int i = 0; i < count; i++) {
                float[] picture =
                        Png.read(files.get(i), one.get(0), one.get(1), one.get(2), sample.low(), sample.high());
                System.arraycopy(picture, 0, values, i * each, each);
            }
        } else {
            Npy npy = Npy.read(files.get(0));
            count = npy.shape().length == 0 ? 0 : npy.shape()[0];
            npy.requireShape("the samples given, [n, ...],", Inputs.batch(count, sample.shape()));
            if (count == 0) throw new RefusedException(files.get(0) + " holds no sample");
            values = npy.values();
        }
        requireRange(values, sample, slack * (sample.high() - sample.low()));
        hash(files, hashes);
        return new Npy(Inputs.batch(count, sample.shape()), values);
    }

    private static void requireRange(float[] values, SampleSpec sample, double slack) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] >= sample.low() - slack && values[i] <= sample.high() + slack) continue;
            throw new RefusedException(String.format(
                    Locale.ROOT,
                    "the samples given hold %s at element %d (row-major), and this model's are from %s to %s: "
                            + "scale them",
                    values[i],
                    i,
                    sample.low(),
                    sample.high()));
        }
    }

    /** Files of one input, by the names that a record has for them. */
    static void hash(List<Path> files, Map<String, String> hashes) {
        for (int i = 0; i < files.size(); i++) {
            hashes.put(Inputs.name(Inputs.DATA, i, files.size()), Hashes.of(files.get(i)));
        }
    }
}
