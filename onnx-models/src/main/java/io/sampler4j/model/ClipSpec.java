package io.sampler4j.model;

import java.util.OptionalDouble;

/**
 * What is done to the network's x0 before the sampler sees it.
 *
 * @param range x0 is clamped to [-range, range]
 * @param thresholdRatio dynamic thresholding (Saharia et al. 2022): the quantile of |x0| of each sample
 * @param thresholdMax dynamic thresholding: the most that this quantile may be
 * @param rederive whether eps is made anew from the changed x0; false as in diffusers
 */
public record ClipSpec(
        OptionalDouble range, OptionalDouble thresholdRatio, OptionalDouble thresholdMax, boolean rederive) {}
