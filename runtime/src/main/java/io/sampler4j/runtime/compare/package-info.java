/** Models and samplers side by side: pictures, cost and quality from the same noise. */
package io.sampler4j.runtime.compare;
