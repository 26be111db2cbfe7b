package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.model.DefaultsSpec;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.runtime.plugin.Registry;
import java.util.Optional;
import java.util.OptionalInt;

/** The sampler and the curve of a run over tokens, whatever they mean, and what they ask of the model. Confined to one thread. */
final class TokenParts {
    private final RunRequest<?> request;
    private final ModelDirectory directory;
    private final DefaultsSpec defaults;
    private final Components components;
    private final Reasons reasons;
    private final Optional<String> samplerName;
    private final Optional<String> curveName;
    private Registry.Made<TokenSampler> sampler;
    private Optional<Registry.Made<TokenScheduler>> scheduler = Optional.empty();

    /** Declares both; their settings are still to be routed. */
    TokenParts(RunRequest<?> request, ModelDirectory directory, Components components, Reasons reasons) {
        this.request = request;
        this.directory = directory;
        this.components = components;
        this.reasons = reasons;
        defaults = directory.manifest().defaults();
        samplerName = named("sampler", TokenSampler.class, request.sampler().or(defaults::sampler));
        curveName = request.scheduler().or(defaults::scheduler);
        components.declare("sampler", TokenSampler.class, samplerName, defaults.sampler());
        components.declare("scheduler", TokenScheduler.class, curveName);
    }

    /** Makes both, once settings are routed. */
    void make() {
        sampler = components.make("sampler", TokenSampler.class, samplerName).orElse(null);
        scheduler = components.make("scheduler", TokenScheduler.class, curveName);
        if (sampler != null && sampler.component().followsGrid()) named("scheduler", TokenScheduler.class, curveName);
    }

    private Optional<String> named(String component, Class<?> kind, Optional<String> name) {
        reasons.unless(
                name.isPresent(),
                "%s names no %s of its own: say --%s; there are %s",
                directory.name(),
                component,
                component,
                components.names(kind));
        return name;
    }

    Registry.Made<TokenSampler> sampler() {
        return sampler;
    }

    /** Absent where the sampler follows none and the model names none. */
    Optional<Registry.Made<TokenScheduler>> scheduler() {
        return scheduler;
    }

    /** The guidance's scale, as asked or as the model says; 1 is off. */
    double scale() {
        double scale = request.cfgScale().orElse(defaults.cfgScale().orElse(1));
        reasons.unless(Double.isFinite(scale), "--cfg-scale must be a finite number, got %s", scale);
        return scale;
    }

    /** The grid for so many open positions. */
    TokenGrid grid(TokenModel model, int open) {
        TokenSampler s = sampler.component();
        if (!s.followsGrid()) {
            reasons.unless(
                    request.scheduler().isEmpty() && request.steps().isEmpty(),
                    "%s chooses its own steps with these options: leave --scheduler and --steps away",
                    sampler.offer().name());
        }
        OptionalInt steps = request.steps().isPresent() ? request.steps() : defaults.steps();
        if (steps.isEmpty() && s.followsGrid()) {
            throw new RefusedException(directory.name() + " names no number of steps of its own: say --steps");
        }
        int n = steps.orElse(1);
        reasons.unless(n >= 1, "--steps must be 1 or more, got %d", n);
        reasons.settle();
        return scheduler
                .map(made -> Reasons.guarded(() -> made.component().grid(model.process(open), n)))
                .orElse(ONE_STEP);
    }

    /** For a sampler that follows none: nothing is masked after it. */
    private static final TokenGrid ONE_STEP = new TokenGrid() {
        @Override
        public int steps() {
            return 1;
        }

        @Override
        public double noise(int i, int n) {
            return i >= n ? 0 : 1;
        }

        @Override
        public int left(int total, int i, int n) {
            return 0;
        }
    };

    /** The role of the network that answers what the sampler asks. */
    String role(TokenModel model, double scale) {
        Query asks = Reasons.guarded(() -> sampler.component().asks());
        Optional<String> found = model.role(asks, scale != 1);
        reasons.unless(
                found.isPresent(),
                "no network of %s answers what %s asks with these options (%s): export it with logits",
                directory.name(),
                sampler.offer().name(),
                scale == 1 ? "its heads are reduced" : "guidance needs logits");
        reasons.settle();
        return found.orElseThrow();
    }

    /** Has the sampler say what it has against a canvas. */
    void check(TokenModel model, double scale, TokenGrid grid, HostCanvas canvas) {
        Reasons.guarded(() -> sampler.component().check(facts(model, scale), grid, canvas, reasons.refusals()));
    }

    private static TokenDenoiser facts(TokenModel model, double scale) {
        return new TokenDenoiser() {
            @Override
            public Vocabulary vocabulary() {
                return model.vocabulary();
            }

            @Override
            public boolean answers(Query query) {
                return model.role(query, scale != 1).isPresent();
            }

            @Override
            public void predict(Canvas x, Rows rows) {
                throw new IllegalStateException("a check must not call the network");
            }
        };
    }
}
