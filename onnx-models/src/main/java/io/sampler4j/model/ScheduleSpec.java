package io.sampler4j.model;

/**
 * The noise of a continuous process over t in [0, 1].
 *
 * @param kind {@code linear-beta} (the VP SDE, Song et al. 2021, equation 33: beta grows linearly with t) or
 *     {@code cosine} (alpha = cos(pi t / 2), Salimans and Ho 2022)
 * @param betaMin beta at t = 0, for linear-beta, else 0
 * @param betaMax beta at t = 1, for linear-beta, else 0
 */
public record ScheduleSpec(String kind, double betaMin, double betaMax) {}
