package io.sampler4j.runtime.plugin;

/** Whoever depends on some components being there, and is asked before others go live. */
@FunctionalInterface
public interface PluginGate {
    /**
     * Looks at what is to go live, which it may make components of and run, but not keep. Called on the thread that swaps,
     * while other runs go on with what is live.
     *
     * @throws io.sampler4j.api.error.RefusedException with the reasons why it must not go live: then what is live stays
     */
    void check(Registry next);
}
