package io.sampler4j.runtime;

import io.sampler4j.runtime.limit.Limits;
import io.sampler4j.runtime.plugin.PluginSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a host is opened with.
 *
 * @param models directories of model directories
 * @param plugins where plugins are, and what is asked of them
 * @param limits how much is done at once
 * @param profiles the file of profiles
 * @param profileLog where changes of profiles are written down
 * @param management whether it has a management bean
 */
record Settings(
        List<Path> models,
        PluginSettings plugins,
        Limits limits,
        Optional<Path> profiles,
        Optional<Path> profileLog,
        boolean management) {}
