package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Signature;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.stream.Stream;

/** Drafts the directory of a model around an exported network. */
public final class InitModel {
    private static final String SCHEDULER_CONFIG = "scheduler_config.json";
    /** Names that exports give to what a denoiser takes and gives, by meaning. */
    private static final Map<String, List<String>> INPUTS = Map.of(
            "x",
                    List.of(
                            "sample",
                            "x",
                            "x_t",
                            "latent_model_input",
                            "latents",
                            "hidden_states",
                            "noisy_sample",
                            "input"),
            "time", List.of("timestep", "timesteps", "t", "time", "sigma", "noise_level", "c_noise"),
            "class", List.of("class_labels", "class_label", "labels", "label", "y", "class"));

    private static final List<String> OUTPUTS =
            List.of("out_sample", "sample_out", "noise_pred", "eps", "epsilon", "prediction", "model_output", "output");

    private InitModel() {}

    /**
     * What was drafted.
     *
     * @param directory where it was written
     * @param json the model.json, which {@link Manifest#parse} reads only when nothing is left to fill in
     * @param taken what was recognised and where it is from, a sentence each
     * @param ignored what a scheduler_config.json says that is not taken over, a sentence each
     * @param open what is left to fill in, a sentence each; empty where the model can be used as it is
     */
    public record Draft(Path directory, String json, List<String> taken, List<String> ignored, List<String> open) {
        /** Copies the lists. */
        public Draft {
            taken = List.copyOf(taken);
            ignored = List.copyOf(ignored);
            open = List.copyOf(open);
        }
    }

    /**
     * Drafts a manifest from the signature, the hashes, a diffusers {@code scheduler_config.json} beside the network or
     * in {@code scheduler/}, and from {@code like} all but files and hashes; copies the files and writes both to
     * {@code out}, whole or not at all.
     *
     * @param onnxFileOrDirectory an ONNX file, or a directory with one, such as {@code optimum} exports
     * @param like an installed model to take over
     * @param out a directory that does not exist yet
     * @throws RefusedException if the source cannot be read, or {@code out} exists
     */
    public static Draft draft(Path onnxFileOrDirectory, Optional<ModelDirectory> like, Path out) {
        if (Files.exists(out)) {
            throw new RefusedException(out + " exists already: say a directory that does not, so that nothing is lost");
        }
        Path network = network(onnxFileOrDirectory);
        Signature signature = Signature.of(network);
        List<String> taken = new ArrayList<>(), ignored = new ArrayList<>(), open = new ArrayList<>();
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(network.getFileName().toString(), network);
        for (String location : OnnxFile.locations(network)) {
            files.put(location, external(network, location));
            taken.add("external data " + location);
        }
        Manifest manifest = like.isPresent()
                ? like(like.get(), network, files, taken)
                : fresh(onnxFileOrDirectory, network, signature, files, taken, ignored, open);
        String json = manifest.json();
        write(out, files, json);
        if (like.isPresent()) {
            SignatureCheck check = SignatureCheck.of(manifest, "denoiser", signature);
            if (!check.ok())
                open.add("the network is not like that of " + like.get().name() + ":\n" + check.table());
        }
        return new Draft(out, json, taken, ignored, open);
    }

    private static Path network(Path source) {
        if (Files.isRegularFile(source)) return source;
        if (!Files.isDirectory(source)) throw new RefusedException("there is no file or directory " + source);
        for (String usual : List.of("unet/model.onnx", "transformer/model.onnx", "model.onnx")) {
            if (Files.isRegularFile(source.resolve(usual))) return source.resolve(usual);
        }
        try (Stream<Path> all = Files.walk(source, 2, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> found =
                    all.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
            if (found.size() == 1) return found.get(0);
            throw new RefusedException(
                    found.isEmpty()
                            ? "there is no .onnx file in " + source
                            : source + " holds several networks: name one of " + found);
        } catch (IOException e) {
            throw new RefusedException("cannot read " + source + ": " + e.getMessage(), e);
        }
    }

    private static Path external(Path network, String location) {
        Path directory = network.toAbsolutePath().getParent();
        Path file = directory.resolve(location).normalize();
        if (!file.startsWith(directory)) {
            throw new RefusedException(network + " keeps data outside of its directory, in " + location
                    + ": export it again with its data beside it");
        }
        if (!Files.isRegularFile(file)) {
            throw new RefusedException(
                    network + " keeps data in " + location + ", which is missing: copy it beside the network");
        }
        return file;
    }

    private static Map<String, String> hashes(Map<String, Path> files) {
        Map<String, String> hashes = new LinkedHashMap<>();
        files.forEach((name, file) -> hashes.put(name, Hashes.of(file)));
        return hashes;
    }

    private static Manifest like(ModelDirectory like, Path network, Map<String, Path> files, List<String> taken) {
        Manifest m = like.manifest();
        if (m.networks().size() != 1) {
            throw new RefusedException(like.name() + " has the networks "
                    + m.networks().keySet() + ", and --like takes over models of one");
        }
        Map<String, NetworkSpec> networks = new LinkedHashMap<>();
        m.networks()
                .forEach((role, spec) -> networks.put(
                        role, new NetworkSpec(network.getFileName().toString(), spec.inputs(), spec.outputs())));
        taken.add("everything but files and hashes from " + like.name());
        return new Manifest(
                m.format(),
                m.kind(),
                m.about(),
                hashes(files),
                networks,
                m.process(),
                m.prediction(),
                m.preconditioning(),
                m.sigmaData(),
                m.time(),
                m.variance(),
                m.clip(),
                m.sample(),
                m.classes(),
                m.tokens(),
                m.codec(),
                m.latent(),
                m.tokenizer(),
                m.distilled(),
                m.boundary(),
                m.decoder(),
                m.defaults(),
                Optional.empty(),
                Optional.empty());
    }

    private static Manifest fresh(
            Path source,
            Path network,
            Signature signature,
            Map<String, Path> files,
            List<String> taken,
            List<String> ignored,
            List<String> open) {
        Map<String, String> inputs = new LinkedHashMap<>(), outputs = new LinkedHashMap<>();
        for (String meaning : List.of("x", "time", "class")) {
            recognise(signature.inputs(), INPUTS.get(meaning)).ifPresent(p -> {
                inputs.put(meaning, p.name());
                taken.add("input " + p.name() + " is the " + meaning);
            });
        }
        Optional<Port> prediction = recognise(signature.outputs(), OUTPUTS);
        if (prediction.isEmpty() && signature.outputs().size() == 1) {
            prediction = Optional.of(signature.outputs().get(0));
        }
        prediction.ifPresent(p -> {
            outputs.put("prediction", p.name());
            taken.add("output " + p.name() + " is the prediction");
        });
        for (Port p : signature.inputs()) {
            if (!inputs.containsValue(p.name())) open.add("networks.denoiser.inputs: what does " + p + " mean?");
        }
        if (!inputs.containsKey("x")) open.add("networks.denoiser.inputs.x: which input is the noisy state?");
        if (!inputs.containsKey("time")) open.add("networks.denoiser.inputs.time: which input is the noise level?");
        if (prediction.isEmpty()) open.add("networks.denoiser.outputs.prediction: which output is the prediction?");
        Optional<SampleSpec> sample = sample(signature, inputs.get("x"), open);
        boolean perSample = signature
                .input(inputs.getOrDefault("time", ""))
                .map(p -> p.dims().size() == 1 && !p.dims().get(0).equals("1"))
                .orElse(false);
        Optional<ClassesSpec> classes = Optional.empty();
        if (inputs.containsKey("class")) {
            open.add(
                    "classes: the names of the classes, and null, the class that means none, if it was trained with one");
        }
        DiffusersConfig config = scheduler(source, network)
                .map(file -> DiffusersConfig.read(file, taken, ignored))
                .orElseGet(DiffusersConfig::none);
        if (config.process().isEmpty()) {
            open.add("process: coordinates, and the betas or the range of noise levels it was trained under");
        }
        if (config.prediction().isEmpty())
            open.add("prediction: one of " + String.join(", ", ManifestReader.PREDICTIONS));
        Map<String, NetworkSpec> networks =
                Map.of("denoiser", new NetworkSpec(network.getFileName().toString(), inputs, outputs));
        return new Manifest(
                ManifestReader.FORMAT,
                "diffusion",
                "",
                hashes(files),
                networks,
                config.process(),
                config.prediction(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.of(new TimeSpec("index", 1, "noise-at-1", perSample)),
                config.variance(),
                config.clip(),
                sample,
                classes,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                config.defaults(),
                Optional.empty(),
                Optional.empty());
    }

    private static Optional<Port> recognise(List<Port> ports, List<String> names) {
        for (String name : names) {
            for (Port p : ports) if (p.name().equalsIgnoreCase(name)) return Optional.of(p);
        }
        return Optional.empty();
    }

    private static Optional<SampleSpec> sample(Signature signature, String x, List<String> open) {
        List<Integer> shape = new ArrayList<>();
        for (String dim : signature.input(x == null ? "" : x).map(Port::dims).orElse(List.of())) {
            shape.add(dim.matches("\\d+") ? Integer.parseInt(dim) : 0);
        }
        if (!shape.isEmpty()) shape.remove(0);
        if (shape.isEmpty() || shape.contains(0)) {
            open.add("sample: the shape of one sample, such as [3, 64, 64], and its range");
            return Optional.empty();
        }
        open.add("sample.range: the values that are black and white; [-1, 1] is assumed");
        return Optional.of(new SampleSpec(shape, -1, 1));
    }

    private static Optional<Path> scheduler(Path source, Path network) {
        Path folder = network.toAbsolutePath().getParent();
        List<Path> places = new ArrayList<>(List.of(
                folder.resolve(SCHEDULER_CONFIG), folder.resolve("scheduler").resolve(SCHEDULER_CONFIG)));
        if (folder.getParent() != null && Files.isDirectory(source)) {
            places.add(source.resolve("scheduler").resolve(SCHEDULER_CONFIG));
        }
        return places.stream().filter(Files::isRegularFile).findFirst();
    }

    /** Everything goes into a directory beside the wanted one, which is then moved there. */
    private static void write(Path out, Map<String, Path> files, String json) {
        Path target = out.toAbsolutePath().normalize();
        Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(part);
            for (Map.Entry<String, Path> file : files.entrySet()) {
                Path to = part.resolve(file.getKey());
                Files.createDirectories(to.getParent());
                Files.copy(file.getValue(), to);
            }
            Files.writeString(part.resolve(ModelDirectory.MANIFEST), json);
            Files.move(part, target);
        } catch (IOException e) {
            delete(part);
            throw new RefusedException("cannot write " + out + ": " + e + ". Nothing was left there", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        } catch (IOException e) {
            directory.toFile().deleteOnExit();
        }
    }
}
