/** Classical solvers between any two noise levels, with one step and with many, with churn and ancestral noise. */
package io.sampler4j.plugins.solvers;
