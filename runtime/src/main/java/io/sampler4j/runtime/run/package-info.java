/** Plans and runs: a request becomes a plan, or is refused with every reason; a plan becomes a result with its record. */
package io.sampler4j.runtime.run;
