/**
 * Timestep spacings over a discrete training process, and grids written out by hand. Every scheduler here only makes a
 * list of noise levels; a sampler steps from each entry to the next, whatever the spacing.
 */
package io.sampler4j.plugins.schedules;
