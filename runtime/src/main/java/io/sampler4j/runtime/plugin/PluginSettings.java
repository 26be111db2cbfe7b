package io.sampler4j.runtime.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where plugins are, and how much is asked of one before it goes live. Immutable. */
public final class PluginSettings {
    /** Which plugins are tried in a JVM of their own before the host loads them. */
    public enum Probing {
        /** None. A verdict that is kept on disk is not asked for either. */
        NEVER,
        /**
         * Those that come while the host is open: {@link PluginHost#reload()} and a watched directory. What lies in the
         * directories when the host is opened is not tried, since a start would wait for a JVM a plugin; a bad verdict that
         * is kept for it is heeded.
         */
        NEWCOMERS,
        /** All, also when the host is opened. Verdicts that are kept spare the wait. */
        ALWAYS
    }

    private final List<Path> directories;
    private final Optional<ClassLoader> classPath;
    private final Probing probing;
    private final Duration probeTime;
    private final int probeHeap;
    private final Optional<Path> verdicts;
    private final Optional<Path> allowList;
    private final Optional<Path> log;

    private PluginSettings(
            List<Path> directories,
            Optional<ClassLoader> classPath,
            Probing probing,
            Duration probeTime,
            int probeHeap,
            Optional<Path> verdicts,
            Optional<Path> allowList,
            Optional<Path> log) {
        this.directories = directories;
        this.classPath = classPath;
        this.probing = probing;
        this.probeTime = probeTime;
        this.probeHeap = probeHeap;
        this.verdicts = verdicts;
        this.allowList = allowList;
        this.log = log;
    }

    /** The plugins of these directories; newcomers are probed, nothing is written, nothing is listed. */
    public static PluginSettings of(List<Path> directories) {
        return new PluginSettings(
                List.copyOf(directories),
                Optional.empty(),
                Probing.NEWCOMERS,
                Duration.ofSeconds(10),
                128,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The plugins that this class loader sees as well: they are the application's own dependencies, and never switched. They
     * go before those of directories, which may not take an id or a name from them, and neither a probe nor a list of allowed
     * hashes is asked about them.
     */
    public PluginSettings onClassPath(ClassLoader loader) {
        return new PluginSettings(
                directories, Optional.of(loader), probing, probeTime, probeHeap, verdicts, allowList, log);
    }

    /** Which plugins are tried first. Default: {@link Probing#NEWCOMERS}. */
    public PluginSettings probing(Probing which) {
        return new PluginSettings(directories, classPath, which, probeTime, probeHeap, verdicts, allowList, log);
    }

    /**
     * What a plugin may use while it is tried.
     *
     * @param time for loading it, and for the trials of all its components together, once the JVM is up. Default: 10
     *     seconds
     * @param heap in MiB. Default: 128
     */
    public PluginSettings probeLimits(Duration time, int heap) {
        if (time.isNegative() || time.isZero() || heap < 16) {
            throw new IllegalArgumentException(
                    "a probe needs some time and 16 MiB of heap or more, got " + time + " and " + heap);
        }
        return new PluginSettings(directories, classPath, probing, time, heap, verdicts, allowList, log);
    }

    /** Keeps verdicts of probes in this directory, by the hash of the jar, for later hosts of the same version. */
    public PluginSettings verdicts(Path directory) {
        return new PluginSettings(
                directories, classPath, probing, probeTime, probeHeap, Optional.of(directory), allowList, log);
    }

    /**
     * Refuses every jar whose sha256 is not in this file: one in hexadecimal a line, what follows it is a comment, as
     * {@code sha256sum} writes it. The file is read again at each reload.
     */
    public PluginSettings strict(Path file) {
        return new PluginSettings(
                directories, classPath, probing, probeTime, probeHeap, verdicts, Optional.of(file), log);
    }

    /** Appends a line of JSON to this file for every switch and every refusal. */
    public PluginSettings log(Path file) {
        return new PluginSettings(
                directories, classPath, probing, probeTime, probeHeap, verdicts, allowList, Optional.of(file));
    }

    /** Where the jars are. */
    public List<Path> directories() {
        return directories;
    }

    /** Who sees the plugins on the class path; empty where none are asked for. */
    public Optional<ClassLoader> classPath() {
        return classPath;
    }

    /** Which plugins are tried first. */
    public Probing probing() {
        return probing;
    }

    /** How long one plugin may take in a probe. */
    public Duration probeTime() {
        return probeTime;
    }

    /** The heap of a probe, in MiB. */
    public int probeHeap() {
        return probeHeap;
    }

    /** Where verdicts are kept; empty for in memory only. */
    public Optional<Path> verdicts() {
        return verdicts;
    }

    /** The file of allowed hashes; empty where all are allowed. */
    public Optional<Path> allowList() {
        return allowList;
    }

    /** The file that switches are written to; empty for none. */
    public Optional<Path> log() {
        return log;
    }
}
