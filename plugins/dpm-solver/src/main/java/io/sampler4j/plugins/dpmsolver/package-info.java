/**
 * Exponential integrators of the diffusion ODE and SDE: DPM-Solver++ with one step and with many, DEIS, UniPC and
 * SA-Solver.
 */
package io.sampler4j.plugins.dpmsolver;
