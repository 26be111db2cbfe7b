package io.sampler4j.runtime.run;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.codec.Codec;
import io.sampler4j.model.tokens.Front;
import io.sampler4j.model.tokens.Raster;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The plan of a run over the codes of pictures in the making. Confined to one thread. */
final class CodesDraft {
    static final Option<Integer> WIDTH = Option.whole(
            "width", 0, 0, Integer.MAX_VALUE, "pixels of a picture larger than the prior's own; 0 for its own");
    static final Option<Integer> HEIGHT = Option.whole(
            "height", 0, 0, Integer.MAX_VALUE, "pixels of a picture larger than the prior's own; 0 for its own");
    static final List<Option<?>> MODEL = List.of(WIDTH, HEIGHT);

    final Request request;
    final ModelDirectory directory;
    final Codec codec;
    final TokenModel model;
    final Basics basics;
    final Components components;
    final List<Integer> classes;
    final double scale;
    final Registry.Made<TokenSampler> sampler;
    final Optional<Registry.Made<TokenScheduler>> scheduler;
    final TokenGrid grid;
    final String role;
    final Raster raster;
    final int rows;
    final int columns;
    /** What stands in front of the codes of each class asked for, in the order of {@link #classes}. */
    final List<Front> fronts;

    final OptionalInt nfe;
    private final Reasons reasons = new Reasons();

    CodesDraft(Request request, ModelDirectory directory, Codec codec, Registry registry) {
        this.request = request;
        this.directory = directory;
        this.codec = codec;
        Manifest manifest = directory.manifest();
        model = new TokenModel(manifest);
        basics = new Basics(request, reasons);
        components = new Components(registry, manifest, reasons);
        classes = Classes.of(request, directory, reasons);
        refuseWhatHasNoMeaning();
        TokenParts parts = new TokenParts(request, directory, components, reasons);
        scale = request.guidance().isPresent() && request.cfgScale().isEmpty() ? 1 : parts.scale();
        components.declare("model", MODEL, Map.of());
        components.route(request.settings());
        parts.make();
        components.check("model", MODEL);
        reasons.settle();
        sampler = parts.sampler();
        scheduler = parts.scheduler();
        rows = codes(HEIGHT, codec.rows());
        columns = codes(WIDTH, codec.columns());
        codec.checkPicture(rows * codec.side(), columns * codec.side());
        raster = model.raster(rows, columns);
        fronts = fronts();
        grid = parts.grid(model, rows * columns);
        role = parts.role(model, scale);
        parts.check(model, scale, grid, canvas(0, 0, () -> {}, new Cancellation()));
        basics.spread(false);
        basics.chooseSeed();
        reasons.settle();
        nfe = TokenDryRun.evaluations(sampler.component(), grid, model, rows * columns);
        reasons.unless(
                request.frames() == Request.Frames.NONE || nfe.isPresent(),
                "%s settles as many codes in a step as it is sure of, other ones in each picture, so there is no path of a"
                        + " common length to keep: leave GIFs away",
                sampler.offer().name());
        reasons.settle();
    }

    private int codes(Option<Integer> pixels, int own) {
        int asked = components.settings().get("model", pixels);
        int side = codec.side();
        reasons.unless(
                asked % side == 0,
                "%s=%d is no multiple of the %d pixels of a code: the nearest is %d",
                pixels.name(),
                asked,
                side,
                Math.max(1, Math.round((float) asked / side)) * side);
        reasons.settle();
        return asked == 0 ? own : asked / side;
    }

    private List<Front> fronts() {
        if (classes.isEmpty()) return List.of(model.front(OptionalInt.empty()));
        List<Front> all = new ArrayList<>();
        for (int c : classes) all.add(model.front(OptionalInt.of(c)));
        return all;
    }

    private void refuseWhatHasNoMeaning() {
        reasons.unless(
                request.guidance().filter(g -> !g.equals("none")).isEmpty(),
                "guidance of codes compares the logits of a class with those of none: leave --guidance away, and say"
                        + " --cfg-scale");
        reasons.unless(
                request.initNoise().isEmpty() && request.stepNoise().isEmpty(),
                "codes are drawn, not denoised: leave --init-noise and --step-noise away");
        reasons.unless(
                request.initImage().isEmpty()
                        && request.mask().isEmpty()
                        && request.strength().isEmpty(),
                "%s starts from no picture: leave --init-image, --mask and --strength away",
                directory.name());
        reasons.unless(
                request.trace().isEmpty() && request.traceStates().isEmpty(),
                "codes have no noise levels to trace: leave --trace and --trace-states away");
        reasons.unless(
                request.seedMode().equals("sample") && request.rng().equals("torch"),
                "each code is drawn by a uniform of its seed, step and position: leave --seed-mode and --rng away");
        reasons.unless(request.ratios().isEmpty(), "codes have no noise levels: leave them away");
    }

    /** The canvas of picture k, all of it masked. */
    HostCanvas canvas(int k, long seed, Runnable stepped, Cancellation cancellation) {
        int mask = model.tokens().mask().orElse(-1);
        int[] ids = new int[rows * columns];
        Arrays.fill(ids, mask);
        return new HostCanvas(k, seed, mask, HostCanvas.Saved.of(ids, mask), stepped, cancellation);
    }
}
