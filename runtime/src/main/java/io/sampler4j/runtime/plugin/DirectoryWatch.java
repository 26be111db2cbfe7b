package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at directories of plugins again and again, and calls when they have changed and then stayed as they are for a
 * while: a jar that is still being copied grows until it is whole. Looks, rather than asking the system for
 * notice, since that works on every file system, mounted ones included. Its thread ends when it is closed.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final int LOOKS_WHILE_QUIET = 4;

    private final List<Path> directories;
    private final Duration quiet;
    private final Runnable changed;
    private final Runnable looked;
    private final Thread thread = new Thread(this::watch, "sampler4j-plugins-watch");

    /** What can be told of a file without reading it. */
    private record Look(long size, FileTime modified, Object key) {}

    /**
     * @param quiet how long nothing may change before it is called a change
     * @param changed is called on the watching thread; what it throws ends nothing
     * @param looked is called after every look
     */
    DirectoryWatch(List<Path> directories, Duration quiet, Runnable changed, Runnable looked) {
        this.directories = directories;
        this.quiet = quiet;
        this.changed = changed;
        this.looked = looked;
        thread.setDaemon(true);
    }

    /** Calls once at the first quiet moment, too. */
    DirectoryWatch start() {
        thread.start();
        return this;
    }

    private void watch() {
        // Nothing is known yet: what changed since the host looked, before this thread did, is called as well.
        Map<Path, Look> known = null, last = look();
        long since = System.nanoTime();
        try {
            while (true) {
                Thread.sleep(Math.max(1, quiet.toMillis() / LOOKS_WHILE_QUIET));
                Map<Path, Look> now = look();
                if (!now.equals(last)) {
                    last = now;
                    since = System.nanoTime();
                } else if (!now.equals(known) && System.nanoTime() - since >= quiet.toNanos()) {
                    // Before the call: what changes while it lasts is the next change.
                    known = now;
                    call(changed);
                }
                call(looked);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private static void call(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            // The host has told its listeners why.
            PluginHost.LOG.debug("a look at the plugins' directories failed", e);
        }
    }

    private Map<Path, Look> look() {
        Map<Path, Look> found = new HashMap<>();
        for (Path directory : directories) {
            try {
                for (Path file : PluginDirectories.jars(List.of(directory))) {
                    BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
                    found.put(file, new Look(a.size(), a.lastModifiedTime(), a.fileKey()));
                }
            } catch (IOException | RuntimeException e) {
                // A file that went meanwhile, or a directory that cannot be read: which the call, if it comes, will
                // say.
                found.put(directory, new Look(-1, FileTime.fromMillis(0), String.valueOf(e.getMessage())));
            }
        }
        return found;
    }

    /** Waits until its thread has ended, unless that is the one that closes it. Idempotent. */
    @Override
    public void close() {
        thread.interrupt();
        if (Thread.currentThread() == thread) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
