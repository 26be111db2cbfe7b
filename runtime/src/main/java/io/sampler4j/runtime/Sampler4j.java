package io.sampler4j.runtime;

import com.google.inject.Guice;
import com.google.inject.ProvisionException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.compare.Comparer;
import io.sampler4j.runtime.compare.Comparison;
import io.sampler4j.runtime.compare.ComparisonRequest;
import io.sampler4j.runtime.event.Events;
import io.sampler4j.runtime.event.Health;
import io.sampler4j.runtime.event.Management;
import io.sampler4j.runtime.limit.Limits;
import io.sampler4j.runtime.limit.RunGate;
import io.sampler4j.runtime.limit.Turn;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.PluginSettings;
import io.sampler4j.runtime.profile.ProfileStatus;
import io.sampler4j.runtime.profile.ProfileTable;
import io.sampler4j.runtime.profile.Profiles;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.Scores;
import io.sampler4j.runtime.run.Scoring;
import io.sampler4j.runtime.run.Supervision;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import io.sampler4j.runtime.run.TokenEvent;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.UnaryOperator;

/**
 * sampler4j in an application: models, plugins and ONNX Runtime behind one object. Open one for the life of the
 * application; it is thread-safe, shares a model's session between runs, and is to be closed.
 *
 * <pre>{@code
 * try (Sampler4j sampler4j = Sampler4j.open()) {
 *     Result digits = sampler4j.run(Request.of("digits-ddpm").classes(3).count(4).seed(1));
 *     digits.write(Path.of("threes.png"));
 * }
 * }</pre>
 */
public final class Sampler4j implements AutoCloseable {
    private final Provider<Models> models;
    private final Provider<PluginHost> plugins;
    private final Provider<OnnxRuntime> onnx;
    private final Provider<Planner> planner;
    private final Provider<Scoring> scoring;
    private final Provider<Comparer> comparer;
    private final Provider<Profiles> profiles;
    private final ProfileTable profileTable;
    private final RunGate gate;
    private final Supervisor supervisor;
    private final Events events;
    private final Opened opened;
    private final Optional<Management> management;
    private final Closer closer;
    private volatile boolean closed;

    @Inject
    Sampler4j(
            Settings settings,
            Provider<Models> models,
            Provider<PluginHost> plugins,
            Provider<OnnxRuntime> onnx,
            Provider<Planner> planner,
            Provider<Scoring> scoring,
            Provider<Comparer> comparer,
            Provider<Profiles> profiles,
            ProfileTable profileTable,
            RunGate gate,
            Supervisor supervisor,
            Events events,
            Opened opened,
            Closer closer) {
        this.models = plain(models);
        this.plugins = plain(plugins);
        this.onnx = plain(onnx);
        this.planner = plain(planner);
        this.scoring = plain(scoring);
        this.comparer = plain(comparer);
        this.profiles = plain(profiles);
        this.profileTable = profileTable;
        this.gate = gate;
        this.supervisor = supervisor;
        this.events = events;
        this.opened = opened;
        this.closer = closer;
        management = settings.management()
                ? Optional.of(Management.register(new ManagementBean(this, events.tally(), settings.limits())))
                : Optional.empty();
    }

    /** What making it throws arrives as it was thrown, and not wrapped by Guice: a refusal is told in its own words. */
    private static <T> Provider<T> plain(Provider<T> provider) {
        return () -> {
            try {
                return provider.get();
            } catch (ProvisionException e) {
                if (e.getCause() instanceof RuntimeException own) throw own;
                throw e;
            }
        };
    }

    /** With the models and plugins of the distribution it runs from (system property {@code sampler4j.home}). */
    public static Sampler4j open() {
        return builder().open();
    }

    /** Where models and plugins are looked for can be said first. */
    public static Builder builder() {
        return new Builder();
    }

    /** Says where models and plugins are. Not thread-safe. */
    public static final class Builder {
        private final List<Path> models = new ArrayList<>();
        private final List<Path> plugins = new ArrayList<>();
        private Optional<ClassLoader> classPath = Optional.empty();
        private UnaryOperator<PluginSettings> pluginSettings = UnaryOperator.identity();
        private Limits limits = Limits.NONE;
        private Optional<Path> profiles = Optional.empty();
        private Optional<Path> profileLog = Optional.empty();
        private boolean management = true;

        private Builder() {}

        /** A directory of model directories; may be called again for more. Default: {@code models} of the home. */
        public Builder modelsDirectory(Path directory) {
            models.add(directory);
            return this;
        }

        /** A directory of plugin jars; may be called again for more. Default: {@code plugins} of the home. */
        public Builder pluginsDirectory(Path directory) {
            plugins.add(directory);
            return this;
        }

        /**
         * The plugins among the application's own dependencies, as the context class loader of this thread sees them; in a
         * directory only where {@link #pluginsDirectory} names one as well. They are never switched.
         */
        public Builder pluginsOnClassPath() {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            return pluginsOnClassPath(context == null ? Sampler4j.class.getClassLoader() : context);
        }

        /** As {@link #pluginsOnClassPath()}, of another class loader, which must see this very framework-api. */
        public Builder pluginsOnClassPath(ClassLoader loader) {
            classPath = Optional.of(loader);
            return this;
        }

        /** Asks more or less of plugins: {@code pluginSettings(s -> s.strict(file).log(other))}. */
        public Builder pluginSettings(UnaryOperator<PluginSettings> change) {
            UnaryOperator<PluginSettings> before = pluginSettings;
            pluginSettings = s -> change.apply(before.apply(s));
            return this;
        }

        /** How much is done at once. Default: {@link Limits#NONE}. */
        public Builder limits(Limits most) {
            limits = most;
            return this;
        }

        /**
         * The file of profiles, which is read when the host is opened and at {@link Profiles#reload}. Default: no profiles
         * but those that {@link Profiles#change} makes.
         */
        public Builder profiles(Path file) {
            profiles = Optional.of(file);
            return this;
        }

        /** A file to which each change of a profile, made or refused, appends a line of JSON. Default: SLF4J alone. */
        public Builder profileLog(Path jsonl) {
            profileLog = Optional.of(jsonl);
            return this;
        }

        /** Whether it has a {@link io.sampler4j.runtime.event.Sampler4jMXBean}. Default: it has. */
        public Builder management(boolean bean) {
            management = bean;
            return this;
        }

        /**
         * Opens it. Nothing is loaded before it is needed.
         *
         * @throws RefusedException if the file of profiles cannot be read, or is faulty, or their log cannot be written
         */
        public Sampler4j open() {
            return Guice.createInjector(new Sampler4jModule(this)).getInstance(Sampler4j.class);
        }

        Settings settings() {
            List<Path> directories =
                    plugins.isEmpty() && classPath.isPresent() ? List.of() : orHome(plugins, "plugins");
            PluginSettings asked = PluginSettings.of(directories);
            if (classPath.isPresent()) asked = asked.onClassPath(classPath.get());
            return new Settings(
                    orHome(models, "models"), pluginSettings.apply(asked), limits, profiles, profileLog, management);
        }

        private static List<Path> orHome(List<Path> given, String name) {
            if (!given.isEmpty()) return List.copyOf(given);
            String home = System.getProperty("sampler4j.home", ".");
            return List.of(Path.of(home, name));
        }
    }

    /**
     * Checks a request and makes everything it needs, without calling the network.
     *
     * @throws RefusedException with every reason why it cannot work
     */
    public Plan plan(Request request) {
        return plan(request, supervisor);
    }

    private Plan plan(Request request, Supervision supervision) {
        return supervisor.planned(request.model(), () -> planner.get().plan(request, supervision), Plan::about);
    }

    /** Runs a request on this thread, and as many more as it plans. */
    public Result run(Request request) {
        return run(request, Progress.Listener.NONE, new Cancellation());
    }

    /**
     * As {@link #run(Request)}, telling of progress, and ending when it is cancelled.
     *
     * @throws io.sampler4j.api.error.SampleException if it is refused or cancelled, diverges, or fails
     */
    public Result run(Request request, Progress.Listener progress, Cancellation cancellation) {
        try (Turn turn = supervisor.enter(request.model(), cancellation, request.deadline());
                Plan plan = plan(request, supervisor.inside(turn))) {
            return plan.run(progress, turn.cancellation());
        }
    }

    /**
     * Checks a request for text and makes everything it needs, without calling the network.
     *
     * @throws RefusedException with every reason why it cannot work
     */
    public TextPlan plan(TextRequest request) {
        return plan(request, supervisor);
    }

    private TextPlan plan(TextRequest request, Supervision supervision) {
        return supervisor.planned(request.model(), () -> planner.get().plan(request, supervision), TextPlan::about);
    }

    /** Runs a request for text on this thread, and as many more as texts share a call. */
    public TextResult run(TextRequest request) {
        return run(request, TokenEvent.Listener.NONE, new Cancellation());
    }

    /**
     * As {@link #run(TextRequest)}, telling of tokens, and ending when it is cancelled.
     *
     * @throws io.sampler4j.api.error.SampleException if it is refused or cancelled, or fails
     */
    public TextResult run(TextRequest request, TokenEvent.Listener listener, Cancellation cancellation) {
        try (Turn turn = supervisor.enter(request.model(), cancellation, request.deadline());
                TextPlan plan = plan(request, supervisor.inside(turn))) {
            return plan.run(listener, turn.cancellation());
        }
    }

    /**
     * How likely a text is after the request's prompt, in bits for each of its bytes.
     *
     * @throws RefusedException with the reasons why it cannot be scored
     */
    public Scores score(TextRequest request, String text, Optional<String> scorer, Cancellation cancellation) {
        return supervisor
                .run(
                        about("score", request, scorer.orElse("")),
                        cancellation,
                        stop -> Whole.of(planner.get().score(request, text, scorer, stop)))
                .value();
    }

    /** Whether filling in one token a step, the surest first, makes this very text after the request's prompt. */
    public boolean predicts(TextRequest request, String text, Cancellation cancellation) {
        return supervisor
                .run(
                        about("predict", request, ""),
                        cancellation,
                        stop -> new Whole<>(planner.get().predicts(request, text, stop), 0))
                .value();
    }

    /**
     * A text as a stream: each subscriber starts a run of its own, hears of its tokens as they settle and become final, and
     * ends it by cancelling. A slow subscriber slows the run. Refusals arrive as errors.
     */
    public Flow.Publisher<TokenEvent> stream(TextRequest request) {
        return new TokenPublisher(this, request);
    }

    /** Starts a request on a thread of its own; refusals arrive in the future as well. */
    public Running start(Request request, Progress.Listener progress) {
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Result> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(run(request, progress, cancellation));
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                "sampler4j-run");
        thread.setDaemon(true);
        thread.start();
        return new Running(result, cancellation);
    }

    /** A run that goes on. */
    public static final class Running {
        private final CompletableFuture<Result> result;
        private final Cancellation cancellation;

        private Running(CompletableFuture<Result> result, Cancellation cancellation) {
            this.result = result;
            this.cancellation = cancellation;
        }

        /** What it makes, or why it made nothing. Cancelling the future itself does not end the run. */
        public CompletableFuture<Result> result() {
            return result;
        }

        /** Asks the run to end, within one network call; its future ends with a {@code CancelledException}. */
        public void cancel() {
            cancellation.cancel("the run was cancelled");
        }
    }

    /**
     * How likely the samples of a request are under its model ({@link Request#score}).
     *
     * @throws io.sampler4j.api.error.SampleException if it is refused or cancelled, or fails
     */
    public Scores score(Request request, Progress.Listener progress, Cancellation cancellation) {
        return supervisor
                .run(
                        about("score", request, request.scorer().orElse("")),
                        cancellation,
                        stop -> Whole.of(scoring.get().score(request, progress, stop)))
                .value();
    }

    /**
     * Runs models under samplers from the same seeds, and measures what they make.
     *
     * @throws io.sampler4j.api.error.SampleException if a model is not there, the classifier cannot measure, or it was
     *     cancelled; what one cell cannot do is said in that cell
     */
    public Comparison compare(ComparisonRequest request, Progress.Listener progress, Cancellation cancellation) {
        return supervisor
                .run(
                        new Supervision.About(
                                "compare",
                                String.join(", ", request.models()),
                                "",
                                request.each().count(),
                                0,
                                Optional.empty(),
                                request.each().deadline()),
                        cancellation,
                        stop -> new Whole<>(comparer.get().compare(request, progress, stop), 0))
                .value();
    }

    private static Supervision.About about(String verb, RunRequest<?> request, String scorer) {
        return new Supervision.About(verb, request.model(), scorer, 1, 0, Optional.empty(), request.deadline());
    }

    /** What is no run of a plan, as it counts: by its evaluations where they are known, else as 0. */
    private record Whole<T>(T value, long nfe) implements Supervision.Counted {
        static Whole<Scores> of(Scores scores) {
            return new Whole<>(scores, scores.nfe());
        }

        @Override
        public long rows() {
            return 0;
        }
    }

    /**
     * Prepares making a result again from its record alone.
     *
     * @param inputs a directory in which the files that the run read are looked for by hash
     * @throws RefusedException if the model or an input is not there
     */
    public Replay replay(Record record, Optional<Path> inputs) {
        return Replay.of(record, models.get(), inputs);
    }

    /** The models directories. */
    public Models models() {
        return models.get();
    }

    /** The plugins. */
    public PluginHost plugins() {
        return plugins.get();
    }

    /** The networks' runtime: for counts, not for running. */
    public OnnxRuntime onnx() {
        return onnx.get();
    }

    /** What stands behind the names that requests ask for with {@link RunRequest#profile}, and how that is changed. */
    public Profiles profiles() {
        return profiles.get();
    }

    /** What stands behind each name; loads nothing. */
    List<ProfileStatus> profileNames() {
        return Profiles.list(profileTable);
    }

    /** How it is at this moment. Looks at numbers only: loads nothing, and never waits. */
    public Health health() {
        return Health.of(closed, gate, events.tally(), opened.onnx(), opened.reports());
    }

    /**
     * Ends it: no run is begun any more, those that go on are waited for as long as {@link Limits#closing} says, then
     * cancelled; plugins are unloaded and sessions closed as soon as no run holds them. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        gate.close();
        management.ifPresent(Management::close);
        closer.close();
    }
}
