package io.sampler4j.runtime.run;

/**
 * The profile that a request was made by.
 *
 * @param name what the application asked for
 * @param sha256 of what stood behind the name
 * @param canary whether it was the newcomer that a share of runs goes to
 */
public record Profiled(String name, String sha256, boolean canary) {}
