/** How much is done at once: turns for runs, deadlines, and the end of it all. */
package io.sampler4j.runtime.limit;
