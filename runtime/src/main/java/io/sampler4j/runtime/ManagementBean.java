package io.sampler4j.runtime;

import io.sampler4j.api.error.SampleException;
import io.sampler4j.runtime.event.Health;
import io.sampler4j.runtime.event.Outcome;
import io.sampler4j.runtime.event.Sampler4jMXBean;
import io.sampler4j.runtime.event.Tally;
import io.sampler4j.runtime.limit.Limits;
import io.sampler4j.runtime.profile.ProfileSwitch;
import java.util.function.Supplier;

/** One host as its management bean. */
final class ManagementBean implements Sampler4jMXBean {
    private final Sampler4j host;
    private final Tally tally;
    private final Limits limits;

    ManagementBean(Sampler4j host, Tally tally, Limits limits) {
        this.host = host;
        this.tally = tally;
        this.limits = limits;
    }

    private Health health() {
        return host.health();
    }

    @Override
    public String getStatus() {
        return health().status().name();
    }

    @Override
    public String[] getReasons() {
        return health().reasons().toArray(String[]::new);
    }

    @Override
    public int getActiveRuns() {
        return health().active();
    }

    @Override
    public int getQueuedRuns() {
        return health().queued();
    }

    @Override
    public int getRunLimit() {
        return limits.runs();
    }

    @Override
    public int getQueueLimit() {
        return limits.queue();
    }

    @Override
    public long getCompletedRuns() {
        return health().completed();
    }

    @Override
    public long getFailedRuns() {
        return health().failed();
    }

    @Override
    public long getDivergedRuns() {
        return tally.of(Outcome.DIVERGED);
    }

    @Override
    public long getCancelledRuns() {
        return tally.of(Outcome.CANCELLED);
    }

    @Override
    public long getLateRuns() {
        return tally.of(Outcome.LATE);
    }

    @Override
    public long getBusyRuns() {
        return tally.of(Outcome.BUSY);
    }

    @Override
    public long getRefusedRequests() {
        return tally.of(Outcome.REFUSED);
    }

    @Override
    public long getNetworkEvaluations() {
        return tally.nfe();
    }

    @Override
    public long getNetworkRows() {
        return tally.rows();
    }

    @Override
    public int getSessions() {
        return health().sessions();
    }

    @Override
    public long getSessionBytes() {
        return health().sessionBytes();
    }

    @Override
    public long getSessionBudget() {
        return limits.sessionMemory();
    }

    @Override
    public int getPlugins() {
        return health().plugins();
    }

    @Override
    public String[] getProfiles() {
        return host.profileNames().stream()
                .map(p -> p.name() + " " + p.current().sha256()
                        + p.canary()
                                .map(c -> ", canary " + p.share().orElseThrow() + " " + c.sha256())
                                .orElse(""))
                .toArray(String[]::new);
    }

    @Override
    public String[] reloadProfiles(String by) {
        return plain(() ->
                host.profiles().reload(by).stream().map(ProfileSwitch::toJson).toArray(String[]::new));
    }

    @Override
    public String promoteProfile(String name, String by) {
        return plain(() -> host.profiles().promote(name, by).toJson());
    }

    @Override
    public String rollBackProfile(String name, String by) {
        return plain(() -> host.profiles().rollBack(name, by).toJson());
    }

    /** A console does not have our classes: what is refused is said in an exception of the JDK. */
    private static <T> T plain(Supplier<T> work) {
        try {
            return work.get();
        } catch (SampleException e) {
            throw new IllegalArgumentException(e.getMessage());
        }
    }
}
