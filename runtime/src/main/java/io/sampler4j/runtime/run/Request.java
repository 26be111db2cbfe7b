package io.sampler4j.runtime.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What a caller asks for: a model, and everything that shall differ from the model's own defaults. Immutable: every
 * method gives a new request, so one may be kept and varied. Nothing is checked here; {@code plan} checks it all and
 * names every reason at once.
 */
public final class Request extends RunRequest<Request> {
    /** What the run does. */
    public enum Verb {
        /** From noise to samples. */
        GENERATE,
        /** From samples back to the noise that a deterministic sampler makes them of. */
        INVERT,
        /** From noise to samples, both kept: what a rectified flow is trained on again. */
        PAIRS,
        /** How likely given samples are. */
        SCORE,
        /** From samples to latents or codes. */
        ENCODE,
        /** From latents or codes to samples. */
        DECODE,
        /** From samples to codes and back. */
        RECONSTRUCT,
        /** From one sample to another, by way of their latents. */
        INTERPOLATE,
        /** Part of a sample made new, by a flow editor. */
        INPAINT;

        /** The name that users type and records hold. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which path a run keeps for a moving picture. */
    public enum Frames {
        /** None. */
        NONE,
        /** The state x, scaled to unit variance. */
        STATE,
        /** The network's estimate of x0. */
        X0
    }

    private Verb verb = Verb.GENERATE;
    private int count = 1;
    private String classes;
    private String guidance;
    private Path initNoise;
    private Path stepNoise;
    private List<Path> inputs = List.of();
    private String scorer;
    private Path initImage;
    private Double strength;
    private Path mask;
    private String rng = "torch";
    private String seedMode = "sample";
    private Path trace;
    private Path traceStates;
    private Frames frames = Frames.NONE;
    private double[] ratios;

    private Request(String model) {
        super(model);
    }

    /** A request for one sample of this model, by its name in the models directory or by the path of its directory. */
    public static Request of(String model) {
        return new Request(model);
    }

    /** How many samples. */
    public Request count(int n) {
        return with(r -> r.count = n);
    }

    /** A class by number or name, or a list such as {@code 0..9} or {@code 3,5,7}: sample i takes entry i, around. */
    public Request classes(String text) {
        return with(r -> r.classes = text);
    }

    /** One class, by number. */
    public Request classes(int number) {
        return classes(String.valueOf(number));
    }

    /** The guidance, by name; {@code none} for none. Default: the model's. */
    public Request guidance(String name) {
        return with(r -> r.guidance = name);
    }

    /** The noise to start from, [count, ...] of unit variance, as an npy file, in place of drawn noise. */
    public Request initNoise(Path npy) {
        return with(r -> r.initNoise = npy);
    }

    /** The noise of the steps, [draws, count, ...], as an npy file, consumed in call order in place of drawn noise. */
    public Request stepNoise(Path npy) {
        return with(r -> r.stepNoise = npy);
    }

    /** Turns the run around: from these samples (an npy, [count, ...], or a png of one sample) back to noise. */
    public Request invert(Path samples) {
        return with(r -> {
            r.verb = Verb.INVERT;
            r.inputs = List.of(samples);
        });
    }

    /** Asks for the latents, or codes, of samples: an npy of [n, ...], or one or more pngs. n is the count. */
    public Request encode(List<Path> samples) {
        return with(r -> {
            r.verb = Verb.ENCODE;
            r.inputs = List.copyOf(samples);
        });
    }

    /** Asks for what a codec makes of samples, by way of their codes: an npy of [n, ...], or one or more pngs. n is the count. */
    public Request reconstruct(List<Path> samples) {
        return with(r -> {
            r.verb = Verb.RECONSTRUCT;
            r.inputs = List.copyOf(samples);
        });
    }

    /** Asks for the samples of latents, or codes: an npy of [n, ...], as {@link #encode} makes it. n is the count. */
    public Request decode(Path latents) {
        return with(r -> {
            r.verb = Verb.DECODE;
            r.inputs = List.of(latents);
        });
    }

    /**
     * Asks for the way from one sample to another (each a png, or an npy of [1, ...]) by way of their latents, in
     * {@link #count} samples, both ends included. The option {@code run.path} says which: {@code linear} or
     * {@code spherical}.
     */
    public Request interpolate(Path from, Path to) {
        return with(r -> {
            r.verb = Verb.INTERPOLATE;
            r.inputs = List.of(from, to);
        });
    }

    /** Has a flow editor, which {@link #sampler} names, make the part of a picture new that is white in the mask. */
    public Request inpaint(Path picture, Path where) {
        return with(r -> {
            r.verb = Verb.INPAINT;
            r.initImage = picture;
            r.mask = where;
        });
    }

    /**
     * Asks how likely these are, for {@link io.sampler4j.runtime.Sampler4j#score}: an npy of [n, ...], or one or more
     * pngs. How many there are is the count.
     */
    public Request score(List<Path> samples) {
        return with(r -> {
            r.verb = Verb.SCORE;
            r.inputs = List.copyOf(samples);
        });
    }

    /** The scorer, by name or alias. Default: the only one there is for the model's kind. */
    public Request scorer(String name) {
        return with(r -> r.scorer = name);
    }

    /** Keeps the noise beside the samples that it becomes, which a sampler that draws noise on its way cannot give. */
    public Request pairs() {
        return with(r -> r.verb = Verb.PAIRS);
    }

    /**
     * The picture to start from: a png, which serves for every sample, or an npy of [count, ...] or [1, ...]. The run
     * starts from it under noise, at step n - min(n, round(s n)) of n for a strength s, and with s = 0 ends there.
     */
    public Request initImage(Path picture) {
        return with(r -> r.initImage = picture);
    }

    /** How much of the initial picture is made new, from 0 to 1. Default: 0.8, and 1 with a mask. */
    public Request strength(double s) {
        return with(r -> r.strength = s);
    }

    /** As {@link #initImage(Path)} with {@link #strength(double)}. */
    public Request initImage(Path picture, double s) {
        return initImage(picture).strength(s);
    }

    /**
     * Which part of the initial picture is made new: white (1) is, black (0) stays, and grey is a blend. A grey png,
     * which serves for every sample, or an npy as the picture's, with values in [0, 1] and one channel or all.
     */
    public Request mask(Path file) {
        return with(r -> r.mask = file);
    }

    /** The random source: {@code torch}, {@code torch-cuda}, {@code numpy}. */
    public Request rng(String name) {
        return with(r -> r.rng = name);
    }

    /** {@code sample}: each sample its own generator; {@code batch}: one stream over all, as the references' loops. */
    public Request seedMode(String mode) {
        return with(r -> r.seedMode = mode);
    }

    /** Writes one JSON object per denoiser call and per step. */
    public Request trace(Path jsonl) {
        return with(r -> r.trace = jsonl);
    }

    /** Writes the state before the first and after each step, [steps + 1, count, ...]. */
    public Request traceStates(Path npy) {
        return with(r -> r.traceStates = npy);
    }

    /** Keeps the path of the run for a moving picture. */
    public Request frames(Frames which) {
        return with(r -> r.frames = which);
    }

    /** The noise levels themselves, as sigma/alpha, in place of a scheduler: what a record holds. */
    public Request ratios(double[] levels) {
        return with(r -> r.ratios = levels.clone());
    }

    /** What it is to do. */
    public Verb verb() {
        return verb;
    }

    /** How many samples. */
    public int count() {
        return count;
    }

    Optional<String> classes() {
        return Optional.ofNullable(classes);
    }

    /** The guidance, if one was asked for. */
    public Optional<String> guidance() {
        return Optional.ofNullable(guidance);
    }

    Optional<Path> initNoise() {
        return Optional.ofNullable(initNoise);
    }

    Optional<Path> stepNoise() {
        return Optional.ofNullable(stepNoise);
    }

    /** What is inverted, scored, encoded, decoded, or interpolated between. */
    List<Path> inputs() {
        return inputs;
    }

    /** What a record names it: a verb and inputs that are given one by one. */
    Request again(Verb what) {
        return with(r -> r.verb = what);
    }

    /** One more input. */
    Request input(Path file) {
        return with(r ->
                r.inputs = Stream.concat(r.inputs.stream(), Stream.of(file)).toList());
    }

    /** The scorer, if one was asked for. */
    public Optional<String> scorer() {
        return Optional.ofNullable(scorer);
    }

    Optional<Path> initImage() {
        return Optional.ofNullable(initImage);
    }

    OptionalDouble strength() {
        return strength == null ? OptionalDouble.empty() : OptionalDouble.of(strength);
    }

    Optional<Path> mask() {
        return Optional.ofNullable(mask);
    }

    String rng() {
        return rng;
    }

    String seedMode() {
        return seedMode;
    }

    Optional<Path> trace() {
        return Optional.ofNullable(trace);
    }

    Optional<Path> traceStates() {
        return Optional.ofNullable(traceStates);
    }

    Frames frames() {
        return frames;
    }

    /** The noise levels, if they were given. */
    public Optional<double[]> ratios() {
        return Optional.ofNullable(ratios);
    }
}
