package io.sampler4j.runtime.run;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.diffusion.Clip;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options that are the host's own, in the form that plugins declare theirs. */
final class HostOptions {
    static final Option<Double> CLIP = Option.decimal(
            "clip", 0, 0, Double.POSITIVE_INFINITY, "clips the network's x0 to [-clip, clip]; 0 leaves it as it is");
    static final Option<List<Double>> THRESHOLD = Option.decimals(
            "threshold",
            List.of(),
            0,
            Double.POSITIVE_INFINITY,
            "dynamic thresholding as RATIO,MAX: the quantile of |x0| and its upper limit; empty for none");
    static final Option<Boolean> REDERIVE =
            Option.flag("rederive", false, "derives eps again from x and the clipped x0; the reference leaves it raw");
    static final Option<String> TIME = Option.oneOf(
            "time",
            List.of("here", "ahead"),
            "the level that the network is told: where x is, or the grid's next, as the reference does in an inversion");
    static final Option<String> INIT_SCALE = Option.oneOf(
            "init-scale",
            List.of("auto", "unit", "sigma", "root"),
            "what noise of unit variance is multiplied by at the start: 1, the first sigma, or sqrt(sigma^2 + 1); auto is "
                    + "1 in VP coordinates and sigma otherwise");

    /** The options of the model side. */
    static final List<Option<?>> MODEL = List.of(CLIP, THRESHOLD, REDERIVE, TIME);
    /** The options of the run. */
    static final List<Option<?>> RUN = List.of(INIT_SCALE);

    private HostOptions() {}

    /** The defaults that a manifest gives the model side. */
    static Map<String, String> defaults(Manifest manifest) {
        Map<String, String> texts = new LinkedHashMap<>();
        manifest.clip().ifPresent(clip -> {
            clip.range().ifPresent(r -> texts.put(CLIP.name(), CLIP.print(r)));
            if (clip.thresholdRatio().isPresent()) {
                texts.put(
                        THRESHOLD.name(),
                        THRESHOLD.print(List.of(
                                clip.thresholdRatio().getAsDouble(),
                                clip.thresholdMax().orElse(1))));
            }
            texts.put(REDERIVE.name(), String.valueOf(clip.rederive()));
        });
        return texts;
    }

    /** An estimator under the clipping that the settings of the model side ask for. */
    static Estimator clipped(Settings settings, Estimator inner, Tensor like) {
        boolean rederive = settings.get("model", REDERIVE);
        double clip = settings.get("model", CLIP);
        List<Double> threshold = settings.get("model", THRESHOLD);
        if (threshold.size() == 2) {
            return Clip.threshold(threshold.get(0), threshold.get(1), rederive).around(inner, like);
        }
        return clip > 0 ? Clip.to(clip, rederive).around(inner, like) : inner;
    }
}
