/** Doubles of the host for tests of samplers: tensors, exact denoisers, a run. In the module's test jar. */
package io.sampler4j.api.testing;
