package io.sampler4j.runtime.event;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of the Flight Recorder. Their names and fields are documented, and not to be renamed. */
final class Recordings {
    private Recordings() {}

    /** A request was planned. */
    @Name("sampler4j.RunPlanned")
    @Label("Run Planned")
    @Category("sampler4j")
    @StackTrace(false)
    static final class RunPlanned extends Event {
        @Label("Verb")
        String verb;

        @Label("Model")
        String model;

        @Label("Sampler")
        String sampler;

        @Label("Profile")
        String profile;

        @Label("Planned Evaluations")
        @Description("Network evaluations that the run will take; 0 where they are not known")
        long nfe;

        @Label("Plan Time")
        @Timespan(Timespan.NANOSECONDS)
        long planTime;
    }

    /** A run has its turn. */
    @Name("sampler4j.RunStarted")
    @Label("Run Started")
    @Category("sampler4j")
    @StackTrace(false)
    static final class RunStarted extends Event {
        @Label("Verb")
        String verb;

        @Label("Model")
        String model;

        @Label("Sampler")
        String sampler;

        @Label("Profile")
        String profile;

        @Label("Queue Time")
        @Timespan(Timespan.NANOSECONDS)
        long queueTime;
    }

    /** A run has ended; its duration is that of the run, without the wait for its turn. */
    @Name("sampler4j.Run")
    @Label("Run")
    @Category("sampler4j")
    @StackTrace(false)
    static final class Run extends Event {
        @Label("Verb")
        String verb;

        @Label("Model")
        String model;

        @Label("Sampler")
        String sampler;

        @Label("Profile")
        String profile;

        @Label("Count")
        @Description("Samples or texts")
        int count;

        @Label("Evaluations")
        @Description("Network evaluations; 0 where the run did not end well")
        long nfe;

        @Label("Rows")
        @Description("Rows that the network evaluated; 0 where the run did not end well")
        long rows;

        @Label("Queue Time")
        @Timespan(Timespan.NANOSECONDS)
        long queueTime;

        @Label("Outcome")
        String outcome;

        @Label("Problem")
        String problem;
    }

    /** A request ended before it could run. */
    @Name("sampler4j.RunRejected")
    @Label("Run Rejected")
    @Category("sampler4j")
    @StackTrace(false)
    static final class RunRejected extends Event {
        @Label("Outcome")
        String outcome;

        @Label("Problem")
        String problem;
    }

    /** A network was loaded. */
    @Name("sampler4j.SessionOpened")
    @Label("Session Opened")
    @Category("sampler4j")
    @StackTrace(false)
    static final class SessionOpened extends Event {
        @Label("File")
        String file;

        @Label("Identity")
        @Description("Hash of the file and its external data")
        String identity;

        @Label("Device")
        String device;

        @Label("Threads")
        int threads;

        @Label("Size")
        @DataAmount
        long bytes;

        @Label("Load Time")
        @Timespan(Timespan.NANOSECONDS)
        long loadTime;
    }

    /** A session was closed. */
    @Name("sampler4j.SessionClosed")
    @Label("Session Closed")
    @Category("sampler4j")
    @StackTrace(false)
    static final class SessionClosed extends Event {
        @Label("File")
        String file;

        @Label("Identity")
        @Description("Hash of the file and its external data")
        String identity;

        @Label("Size")
        @DataAmount
        long bytes;
    }

    /** Other plugins are live. */
    @Name("sampler4j.PluginsSwitched")
    @Label("Plugins Switched")
    @Category("sampler4j")
    @StackTrace(false)
    static final class PluginsSwitched extends Event {
        @Label("Generation")
        long generation;

        @Label("Before")
        long before;

        @Label("Cause")
        String cause;

        @Label("By")
        String by;

        @Label("Changes")
        int changes;

        @Label("Refused")
        int refused;
    }

    /** Something else stands behind the name of a profile, or was refused. */
    @Name("sampler4j.ProfileChanged")
    @Label("Profile Changed")
    @Category("sampler4j")
    @StackTrace(false)
    static final class ProfileChanged extends Event {
        @Label("Profile")
        String profile;

        @Label("Change")
        String change;

        @Label("From")
        String from;

        @Label("To")
        String to;

        @Label("By")
        String by;

        @Label("Done")
        boolean done;
    }
}
