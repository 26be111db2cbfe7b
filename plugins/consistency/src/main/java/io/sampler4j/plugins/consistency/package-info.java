/** Samplers of networks that were distilled to answer in few steps: LCM, TCD and multistep consistency sampling. */
package io.sampler4j.plugins.consistency;
