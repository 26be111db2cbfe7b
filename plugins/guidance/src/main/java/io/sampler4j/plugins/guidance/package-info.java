/** Guidance: estimators made of two answers of one network. */
package io.sampler4j.plugins.guidance;
