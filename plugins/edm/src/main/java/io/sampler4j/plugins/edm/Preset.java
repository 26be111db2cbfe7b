package io.sampler4j.plugins.edm;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of the paper's data sets: steps from the paper's code (README), churn from Karras et al. 2022, table 5.
 * CIFAR-10, FFHQ and AFHQv2 are sampled without churn; the churn of CIFAR-10 is table 5's for the networks that were
 * trained as VP and as VE.
 */
record Preset(int steps, double churn, double churnMin, double churnMax, double churnNoise) {
    private static final Map<String, Preset> PRESETS = Map.of(
            "cifar10", still(18),
            "ffhq", still(40),
            "afhqv2", still(40),
            "imagenet64", new Preset(256, 40, .05, 50, 1.003),
            "imagenet64-pretrained", new Preset(256, 80, .05, 50, 1.003),
            "cifar10-vp", new Preset(0, 30, .01, 1, 1.007),
            "cifar10-ve", new Preset(0, 80, .05, 1, 1.007));

    static final Option<String> SAMPLER = Option.oneOf(
            "preset",
            List.of(
                    "none",
                    "cifar10",
                    "ffhq",
                    "afhqv2",
                    "imagenet64",
                    "imagenet64-pretrained",
                    "cifar10-vp",
                    "cifar10-ve"),
            "churn, churn-min, churn-max, churn-noise of the paper: cifar10, ffhq and afhqv2 churn=0; imagenet64"
                    + " 40,0.05,50,1.003; imagenet64-pretrained 80,0.05,50,1.003; cifar10-vp 30,0.01,1,1.007; cifar10-ve"
                    + " 80,0.05,1,1.007");
    static final Option<String> SCHEDULE = Option.oneOf(
            "preset",
            List.of("none", "cifar10", "ffhq", "afhqv2", "imagenet64"),
            "the paper's number of steps: cifar10 18, ffhq and afhqv2 40, imagenet64 256");

    private static Preset still(int steps) {
        return new Preset(steps, 0, 0, Edm.NO_LIMIT, 1);
    }

    /** The preset of this name; empty for none. */
    static Optional<Preset> named(String name) {
        return Optional.ofNullable(PRESETS.get(name));
    }

    /**
     * These settings, where no option says otherwise.
     *
     * @param name of this preset, for the message
     * @param given what the options say
     * @throws RefusedException if one of them says otherwise: neither wins in silence
     */
    Preset over(String name, Preset given) {
        Preset byDefault = still(0);
        List<String> clashes = new ArrayList<>();
        clash(clashes, "churn", given.churn, byDefault.churn, churn);
        clash(clashes, "churn-min", given.churnMin, byDefault.churnMin, churnMin);
        clash(clashes, "churn-max", given.churnMax, byDefault.churnMax, churnMax);
        clash(clashes, "churn-noise", given.churnNoise, byDefault.churnNoise, churnNoise);
        if (clashes.isEmpty()) return this;
        throw new RefusedException("edm: preset=" + name + " and " + String.join(", ", clashes)
                + ": leave the preset away, or the options that it sets");
    }

    private static void clash(List<String> clashes, String option, double given, double byDefault, double set) {
        if (given != byDefault && given != set) clashes.add(option + "=" + given + " (it sets " + set + ")");
    }
}
