package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What {@code model.json} says about a model: all that a run needs to know of it, and no more. Immutable. The page
 * onnx-models/README.md and the schema {@code io/sampler4j/model/model.schema.json} describe each member.
 *
 * @param format the version of the format: 1
 * @param kind {@code diffusion}, {@code tokens}, {@code flow}, {@code codec}, {@code classifier} or {@code generator}
 * @param about one line for people
 * @param files every file of the model but model.json: path relative to its directory -> sha256 in hexadecimal
 * @param networks by role: {@code denoiser}, {@code encoder}, {@code decoder}, {@code prior}, {@code text-encoder},
 *     {@code generator}, {@code gradient}, {@code classifier}, {@code critic} ...
 * @param process the noise process of a diffusion model
 * @param prediction what its denoiser answers: {@code epsilon}, {@code x0}, {@code v}, {@code velocity}, {@code score}
 *     or {@code F}
 * @param preconditioning what F means: {@code vp}, {@code ve}, {@code iddpm}, {@code edm}, rows of Karras et al.
 *     2022, table 1, or {@code consistency}, of Song et al. 2023
 * @param sigmaData the standard deviation of the data, for EDM's preconditioning
 * @param time how the denoiser is told the noise level
 * @param variance {@code none}, {@code learned} or {@code learned-range}
 * @param clip what is done to x0
 * @param sample the shape and range of one sample
 * @param classes the classes it can be asked for
 * @param tokens the ids it reads and answers about
 * @param codec how a codec's codes and pixels hang together
 * @param latent what a generator or flow starts from
 * @param tokenizer how text becomes ids
 * @param distilled whether it was distilled for few steps, which {@code lcm}, {@code tcd} and {@code consistency} need
 * @param boundary how x0 of a latent consistency model is bent to be x at time 0
 * @param decoder the second stage
 * @param defaults what a run uses where its user says nothing
 * @param card the file of the model card, one of the listed files
 * @param heldOut the file of a classifier's features [n, d] of real samples that took no part in training, by which
 *     generated ones are measured; one of the listed files
 */
public record Manifest(
        int format,
        String kind,
        String about,
        Map<String, String> files,
        Map<String, NetworkSpec> networks,
        Optional<ProcessSpec> process,
        Optional<String> prediction,
        Optional<String> preconditioning,
        OptionalDouble sigmaData,
        Optional<TimeSpec> time,
        String variance,
        Optional<ClipSpec> clip,
        Optional<SampleSpec> sample,
        Optional<ClassesSpec> classes,
        Optional<TokensSpec> tokens,
        Optional<CodecSpec> codec,
        Optional<LatentSpec> latent,
        Optional<TokenizerSpec> tokenizer,
        boolean distilled,
        Optional<BoundarySpec> boundary,
        Optional<DecoderSpec> decoder,
        DefaultsSpec defaults,
        Optional<String> card,
        Optional<String> heldOut) {
    /** Copies the maps, in order. */
    public Manifest {
        files = Ordered.copy(files);
        networks = Ordered.copy(networks);
    }

    /**
     * Reads a manifest. Strict: an unknown member is an error that names the nearest known one.
     *
     * @param origin where the text is from, for messages: usually the file
     * @throws RefusedException with every fault found, each with its place
     */
    public static Manifest parse(String json, String origin) {
        return ManifestReader.read(json, origin);
    }

    /** Whether its tokens are those of a text: they are not the codes that a decoder turns into something else. */
    public boolean makesText() {
        return kind.equals("tokens") && decoder.isEmpty();
    }

    /** The manifest as JSON, members in the order of the schema, indented; {@link #parse} reads it back as an equal. */
    public String json() {
        return ManifestWriter.write(this);
    }
}
