package io.sampler4j.runtime.measure;

import java.util.OptionalDouble;

/**
 * How good some samples are, by a classifier and real samples that neither model was trained on.
 *
 * @param samples how many were measured
 * @param real how many real ones they were measured against
 * @param frechet the {@link FrechetDistance}
 * @param kernel the {@link KernelDistance}
 * @param accuracy the share to which the classifier gives the class asked for; empty where none was asked for, or the
 *     classifier does not know it
 */
public record Quality(int samples, int real, double frechet, KernelDistance kernel, OptionalDouble accuracy) {}
