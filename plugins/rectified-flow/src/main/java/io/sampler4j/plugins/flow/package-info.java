/** Rectified flow (Liu et al. 2023): its solvers, and its grid with the shifts of later models. */
package io.sampler4j.plugins.flow;
