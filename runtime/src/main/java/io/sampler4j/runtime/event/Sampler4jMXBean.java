package io.sampler4j.runtime.event;

/**
 * A host, as a management console sees it: {@code io.sampler4j:type=Sampler4j,id=1}, and further ids for further hosts of
 * the JVM. What it gives is read without waiting.
 */
public interface Sampler4jMXBean {
    /** {@code OK} or {@code DEGRADED}. */
    String getStatus();

    /** What is wrong, each with what mends it. */
    String[] getReasons();

    /** Runs that go on. */
    int getActiveRuns();

    /** Runs that wait for their turn. */
    int getQueuedRuns();

    /** Runs that may go on at once. */
    int getRunLimit();

    /** Runs that may wait. */
    int getQueueLimit();

    /** Runs that made what was asked for. */
    long getCompletedRuns();

    /** Runs that a network, a plugin or the host itself brought to an end. */
    long getFailedRuns();

    /** Runs whose state was no longer finite. */
    long getDivergedRuns();

    /** Runs that their callers ended. */
    long getCancelledRuns();

    /** Runs that their deadlines ended. */
    long getLateRuns();

    /** Runs for which there was no turn. */
    long getBusyRuns();

    /** Requests that cannot be made. */
    long getRefusedRequests();

    /** Network evaluations of all completed runs. */
    long getNetworkEvaluations();

    /** Rows that networks evaluated in all completed runs. */
    long getNetworkRows();

    /** Loaded networks, idle ones included. */
    int getSessions();

    /** Bytes of their files. */
    long getSessionBytes();

    /** Bytes that sessions are meant to have. */
    long getSessionBudget();

    /** Plugins that are live. */
    int getPlugins();

    /** What stands behind the name of each profile: {@code name sha256}, and its canary. */
    String[] getProfiles();

    /**
     * Reads the profiles' file again, and makes the changes in it.
     *
     * @param by who asks for it, for the log
     * @return a line of JSON for each change, made or refused
     */
    String[] reloadProfiles(String by);

    /** Gives all runs of a profile to its canary; gives the line of the log. */
    String promoteProfile(String name, String by);

    /** Takes a profile's canary away, or brings back what was before; gives the line of the log. */
    String rollBackProfile(String name, String by);
}
