package io.sampler4j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads a manifest strictly, and collects every fault with its place. */
final class ManifestReader {
    static final int FORMAT = 1;
    static final List<String> KINDS = List.of("diffusion", "tokens", "flow", "codec", "classifier", "generator");
    static final List<String> PREDICTIONS = List.of("epsilon", "x0", "v", "velocity", "score", "F");
    static final List<String> PRECONDITIONINGS = List.of("vp", "ve", "iddpm", "edm", "consistency");
    static final List<String> SCHEDULES = List.of("linear-beta", "cosine");
    static final List<String> VARIANCES = List.of("none", "learned", "learned-range");
    static final List<String> COORDINATES = List.of("VP", "VE", "FLOW");
    static final List<String> BETAS =
            List.of("linear", "scaled-linear", "squared-cosine", "sigmoid", "laplace", "explicit");
    static final List<String> PRECISIONS = List.of("float64", "float32");
    static final List<String> TIMES = List.of("index", "t", "sigma", "c_noise");
    static final List<String> DIRECTIONS = List.of("noise-at-1", "data-at-1");
    static final List<String> CORRUPTIONS = List.of("absorbing", "uniform", "none");
    static final List<String> OUTPUTS = List.of("logits", "log-scores", "log-probabilities", "statistics");
    static final List<String> ATTENTIONS = List.of("full", "block-causal", "causal");
    static final List<String> PRESENTS = List.of("whole", "new");
    static final List<String> PADDINGS = List.of("refused", "masked");
    static final List<String> TOKEN_TIMES = List.of("none", "sigma", "t", "index");

    /** Training steps, or steps of a sampler: more would be a slip of the pen, and costs memory for each. */
    private static final int MOST_STEPS = 1_000_000;
    /** Elements of one sample in float32, of which a tensor holds 2 GiB. */
    private static final int LARGEST_SAMPLE = Integer.MAX_VALUE / Float.BYTES;
    /** Ids of a vocabulary, and positions of a sequence. */
    private static final int MOST_TOKENS = 1 << 24;

    private final List<String> faults = new ArrayList<>();

    private ManifestReader() {}

    static Manifest read(String json, String origin) {
        ManifestReader reader = new ManifestReader();
        return Place.read(json, origin, reader.faults, reader::manifest);
    }

    private Manifest manifest(Place at) {
        if (!at.isObject()) return null;
        int format = at.whole("format", 1, FORMAT).orElseGet(() -> at.missing("format", FORMAT));
        String kind = at.oneOf("kind", KINDS).orElseGet(() -> at.missing("kind", "?"));
        Manifest manifest = new Manifest(
                format,
                kind,
                at.text("about").orElse(""),
                at.texts("files"),
                at.objects("networks", ManifestReader::network),
                at.object("process", ManifestReader::process),
                at.oneOf("prediction", PREDICTIONS),
                at.oneOf("preconditioning", PRECONDITIONINGS),
                at.decimal("sigmaData"),
                at.object("time", ManifestReader::time),
                at.oneOf("variance", VARIANCES).orElse("none"),
                at.object("clip", ManifestReader::clip),
                at.object("sample", ManifestReader::sample),
                at.object("classes", ManifestReader::classes),
                at.object("tokens", ManifestReader::tokens),
                at.object("codec", ManifestReader::codec),
                at.object("latent", ManifestReader::latent),
                at.object("tokenizer", ManifestReader::tokenizer),
                at.flag("distilled"),
                at.object("boundary", ManifestReader::boundary),
                at.object("decoder", ManifestReader::decoder),
                at.object("defaults", ManifestReader::defaults).orElse(DefaultsSpec.NONE),
                at.text("card"),
                at.text("heldOut"));
        at.end();
        manifest.networks().forEach((role, network) -> {
            // By another name, ONNX Runtime would take it for its own format.
            if (!network.file().endsWith(".onnx")) {
                faults.add("networks." + role + ".file is " + Place.shortened(network.file())
                        + ", and must be an ONNX file, whose name ends in .onnx");
            }
            if (!manifest.files().containsKey(network.file())) {
                faults.add("networks." + role + ".file is " + network.file() + ", which files does not list");
            }
        });
        manifest.files().forEach((file, hash) -> {
            if (!hash.matches("[0-9a-f]{64}")) {
                faults.add("files." + Place.shortened(file) + " must be a sha256 of 64 hexadecimal digits, got \""
                        + Place.shortened(hash) + "\"");
            }
        });
        manifest.codec()
                .flatMap(CodecSpec::codebook)
                .filter(f -> !manifest.files().containsKey(f))
                .ifPresent(f -> faults.add("codec.codebook is " + f + ", which files does not list"));
        manifest.tokens()
                .filter(t -> t.answered() > t.vocabulary())
                .ifPresent(t -> faults.add("tokens.codes is " + t.answered() + ", and there are but the "
                        + t.vocabulary() + " of tokens.vocabulary"));
        manifest.heldOut()
                .filter(f -> !manifest.files().containsKey(f))
                .ifPresent(f -> faults.add("heldOut is " + f + ", which files does not list"));
        manifest.card().filter(c -> !manifest.files().containsKey(c)).ifPresent(c -> {
            if (!c.endsWith(".md"))
                faults.add("card is " + c + ", and must be a listed file, or a .md beside model.json");
        });
        faults.addAll(DiffusionFaults.of(manifest));
        faults.addAll(FlowFaults.of(manifest));
        return manifest;
    }

    private static NetworkSpec network(Place at) {
        return new NetworkSpec(
                at.text("file").orElseGet(() -> at.missing("file", "?")), at.texts("inputs"), at.texts("outputs"));
    }

    private static ProcessSpec process(Place at) {
        return new ProcessSpec(
                at.oneOf("coordinates", COORDINATES).orElseGet(() -> at.missing("coordinates", "VP")),
                at.object("betas", ManifestReader::betas),
                at.object("schedule", ManifestReader::schedule),
                at.flag("zeroSnr"),
                at.decimal("lowest"),
                at.decimal("highest"));
    }

    private static ScheduleSpec schedule(Place at) {
        String kind = at.oneOf("kind", SCHEDULES).orElseGet(() -> at.missing("kind", "cosine"));
        OptionalDouble min = at.decimal("betaMin"), max = at.decimal("betaMax");
        boolean betas = kind.equals("linear-beta");
        if (!betas && (min.isPresent() || max.isPresent())) {
            at.fault("betaMin", "and betaMax have a meaning only where kind is linear-beta");
        }
        double low = min.orElseGet(() -> betas ? at.missing("betaMin", 0.0) : 0);
        double high = max.orElseGet(() -> betas ? at.missing("betaMax", 1.0) : 0);
        if (betas && !(low >= 0 && high >= low && high > 0)) {
            at.fault("betaMax", "must be positive and no less than betaMin, which must be 0 or more");
        }
        return new ScheduleSpec(kind, low, high);
    }

    private static BetasSpec betas(Place at) {
        String schedule = at.oneOf("schedule", BETAS).orElseGet(() -> at.missing("schedule", "linear"));
        List<Double> values = at.decimals("values");
        boolean explicit = schedule.equals("explicit"), ends = schedule.matches("linear|scaled-linear|sigmoid");
        if (explicit && values.isEmpty()) at.missing("values", 0);
        if (!explicit && !values.isEmpty()) at.fault("values", "has a meaning only where schedule is explicit");
        OptionalInt steps = at.whole("steps", 1, MOST_STEPS);
        int n = explicit ? steps.orElse(values.size()) : steps.orElseGet(() -> at.missing("steps", 1));
        if (explicit && n != values.size()) at.fault("steps", "is " + n + ", and values has " + values.size());
        OptionalDouble start = at.decimal("start"), end = at.decimal("end");
        if (!values.stream().allMatch(ManifestReader::isBeta)) at.fault("values", "must be betas, from 0 to 1");
        if (!isBeta(start.orElse(0))) at.fault("start", "must be a beta, from 0 to 1");
        if (!isBeta(end.orElse(0))) at.fault("end", "must be a beta, from 0 to 1");
        return new BetasSpec(
                schedule,
                start.orElseGet(() -> ends ? at.missing("start", 0.0) : 0),
                end.orElseGet(() -> ends ? at.missing("end", 0.0) : 0),
                n,
                values,
                at.oneOf("precision", PRECISIONS).orElse("float64"));
    }

    private static boolean isBeta(double v) {
        return v >= 0 && v <= 1;
    }

    private static TimeSpec time(Place at) {
        return new TimeSpec(
                at.oneOf("kind", TIMES).orElseGet(() -> at.missing("kind", "index")),
                at.decimal("scale").orElse(1),
                at.oneOf("direction", DIRECTIONS).orElse("noise-at-1"),
                at.flag("perSample"));
    }

    private static ClipSpec clip(Place at) {
        OptionalDouble ratio = at.decimal("thresholdRatio"), max = at.decimal("thresholdMax");
        if (ratio.isPresent() != max.isPresent()) at.fault("thresholdRatio", "and thresholdMax go together");
        return new ClipSpec(at.decimal("range"), ratio, max, at.flag("rederive"));
    }

    private static BoundarySpec boundary(Place at) {
        double data = at.decimal("sigmaData").orElseGet(() -> at.missing("sigmaData", 0.5));
        return new BoundarySpec(data, at.decimal("timeScale").orElseGet(() -> at.missing("timeScale", 10.0)));
    }

    private static SampleSpec sample(Place at) {
        List<Integer> shape = sizes(at);
        List<Double> range = at.decimals("range");
        if (range.size() != 2 || range.get(0) >= range.get(1)) {
            at.fault("range", "must be [low, high], the values that are black and white");
            range = List.of(-1.0, 1.0);
        }
        return new SampleSpec(shape, range.get(0), range.get(1));
    }

    /** The shape of one sample or latent. */
    private static List<Integer> sizes(Place at) {
        List<Integer> shape = at.wholes("shape", 1);
        if (shape.isEmpty()) at.missing("shape", 0);
        double elements = 1;
        for (int d : shape) elements *= d;
        if (elements <= LARGEST_SAMPLE) return shape;
        at.fault("shape", "is of " + elements + " elements, and must be of " + LARGEST_SAMPLE + " at most (2 GiB)");
        return List.of(1);
    }

    private static ClassesSpec classes(Place at) {
        return new ClassesSpec(at.list("names"), at.whole("null", 0, Integer.MAX_VALUE));
    }

    private static TokensSpec tokens(Place at) {
        return new TokensSpec(
                at.whole("vocabulary", 1, MOST_TOKENS).orElseGet(() -> at.missing("vocabulary", 1)),
                at.whole("mask", 0, Integer.MAX_VALUE),
                at.wholes("ends", 0),
                at.whole("pad", 0, Integer.MAX_VALUE),
                at.whole("begin", 0, Integer.MAX_VALUE),
                at.oneOf("corruption", CORRUPTIONS).orElse("none"),
                at.oneOf("output", OUTPUTS).orElse("logits"),
                at.whole("shift", -1, 1).orElse(0),
                at.oneOf("attention", ATTENTIONS).orElse("full"),
                at.whole("block", 1, MOST_TOKENS),
                at.whole("length", 1, MOST_TOKENS).orElseGet(() -> at.missing("length", 1)),
                at.wholes("shape", 1),
                at.oneOf("padding", PADDINGS).orElse("refused"),
                at.oneOf("time", TOKEN_TIMES).orElse("none"),
                at.whole("classFrom", 0, Integer.MAX_VALUE),
                at.whole("codes", 1, Integer.MAX_VALUE),
                at.oneOf("present", PRESENTS).orElse("whole"),
                at.wholes("suppress", 0),
                at.wholes("beginSuppress", 0));
    }

    private static CodecSpec codec(Place at) {
        return new CodecSpec(at.text("codebook"), at.whole("reach", 0, Integer.MAX_VALUE));
    }

    private static LatentSpec latent(Place at) {
        return new LatentSpec(at.text("distribution").orElseGet(() -> at.missing("distribution", "?")), sizes(at));
    }

    private static TokenizerSpec tokenizer(Place at) {
        return new TokenizerSpec(
                at.text("kind").orElseGet(() -> at.missing("kind", "?")),
                at.text("file"),
                at.text("config"),
                at.texts("options"));
    }

    private static DecoderSpec decoder(Place at) {
        return new DecoderSpec(
                at.text("model").orElseGet(() -> at.missing("model", "?")),
                at.text("sha256").orElseGet(() -> at.missing("sha256", "?")),
                at.decimal("scale").orElse(1),
                at.decimal("shift").orElse(0));
    }

    private static DefaultsSpec defaults(Place at) {
        return new DefaultsSpec(
                at.text("sampler"),
                at.text("scheduler"),
                at.whole("steps", 1, MOST_STEPS),
                at.text("guidance"),
                at.decimal("cfgScale"),
                at.texts("options"));
    }
}
