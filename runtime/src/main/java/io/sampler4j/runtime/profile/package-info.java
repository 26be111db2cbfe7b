/** Names that an application asks for, and what an operator puts behind them. */
package io.sampler4j.runtime.profile;
