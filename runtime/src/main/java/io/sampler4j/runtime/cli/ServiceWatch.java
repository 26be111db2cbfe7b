package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.PluginListener;
import io.sampler4j.runtime.plugin.Swap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Takes up what changes in the plugins directory and in the file of profiles while a service answers, and says so. */
final class ServiceWatch implements AutoCloseable {
    private static final long SECONDS_BETWEEN_LOOKS = 1;

    private final Sampler4j sampler4j;
    private final Service service;
    private final Deque<PluginHost.Registration> registrations = new ArrayDeque<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sampler4j-profiles-watch");
        thread.setDaemon(true);
        return thread;
    });
    private Optional<FileTime> known = Optional.empty();

    ServiceWatch(Sampler4j sampler4j, Service service) {
        this.sampler4j = sampler4j;
        this.service = service;
    }

    void start() {
        registrations.push(sampler4j.plugins().listen(new PluginListener() {
            @Override
            public void switched(Swap swap) {
                if (swap.cause() == Swap.Cause.WATCH) service.event("plugins", swap.toJson());
            }

            @Override
            public void untouched(Swap.Cause cause, String by, String why) {
                if (cause == Swap.Cause.WATCH) service.refusal("plugins", why);
            }
        }));
        registrations.push(sampler4j.plugins().watch());
        sampler4j.profiles().file().ifPresent(file -> {
            known = modified(file);
            looks.scheduleWithFixedDelay(
                    () -> look(file), SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
        });
    }

    private void look(Path file) {
        Optional<FileTime> now = modified(file);
        if (now.equals(known)) return;
        known = now;
        service.profilesChanged();
    }

    private static Optional<FileTime> modified(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file));
        } catch (IOException e) {
            // Taken away, or being replaced: what the service finds when it reads it, it says.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        while (!registrations.isEmpty()) registrations.pop().close();
    }
}
