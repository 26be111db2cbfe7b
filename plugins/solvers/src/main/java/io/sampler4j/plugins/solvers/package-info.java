/** Solvers that step between any two noise levels: Euler, Heun, DPM-Solver-2, and Euler ancestral. */
package io.sampler4j.plugins.solvers;
