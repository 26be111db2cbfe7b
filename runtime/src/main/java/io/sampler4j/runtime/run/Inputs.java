package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The arrays that a run reads from files, checked against the model's shape and the count, and their hashes.
 *
 * @param initNoise [count, ...]
 * @param stepNoise [draws, count, ...]
 * @param data [count, ...], what is inverted
 * @param hashes sha256 of each file, by what it is
 */
record Inputs(Optional<Npy> initNoise, Optional<Npy> stepNoise, Optional<Npy> data, Map<String, String> hashes) {
    static Inputs read(Request request, DiffusionModel model, SampleSpec sample) {
        Map<String, String> hashes = new LinkedHashMap<>();
        Optional<Npy> init = request.initNoise().map(p -> npy("init-noise", p, hashes));
        init.ifPresent(n -> n.requireShape("the initial noise", shape(request.count(), model.shape())));
        Optional<Npy> step = request.stepNoise().map(p -> npy("step-noise", p, hashes));
        step.ifPresent(n -> {
            int draws = n.shape().length > 0 ? n.shape()[0] : 0;
            int[] each = shape(request.count(), model.shape());
            int[] expected = new int[each.length + 1];
            expected[0] = draws;
            System.arraycopy(each, 0, expected, 1, each.length);
            n.requireShape("the step noise, [draws, count, ...],", expected);
        });
        Optional<Npy> data = request.input().map(p -> data(p, request, model, sample, hashes));
        return new Inputs(init, step, data, hashes);
    }

    static Inputs read(Request request, DiffusionModel model) {
        return read(request, model, model.manifest().sample().orElseThrow());
    }

    private static Npy data(
            Path file, Request request, DiffusionModel model, SampleSpec sample, Map<String, String> hashes) {
        int[] expected = shape(request.count(), model.shape());
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            if (request.count() != 1) {
                throw new RefusedException("a png holds one sample, and --count asks for " + request.count()
                        + ": give an npy of shape [count, ...]");
            }
            hash("input", file, hashes);
            List<Integer> s = sample.shape();
            return new Npy(expected, Png.read(file, s.get(0), s.get(1), s.get(2), sample.low(), sample.high()));
        }
        Npy npy = npy("input", file, hashes);
        npy.requireShape("the samples to invert", expected);
        return npy;
    }

    private static Npy npy(String what, Path file, Map<String, String> hashes) {
        Npy array = Npy.read(file);
        hash(what, file, hashes);
        return array;
    }

    private static void hash(String what, Path file, Map<String, String> hashes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            hashes.put(what, HexFormat.of().formatHex(digest));
        } catch (IOException e) {
            throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static int[] shape(int count, List<Integer> sample) {
        int[] shape = new int[sample.size() + 1];
        shape[0] = count;
        for (int i = 1; i < shape.length; i++) shape[i] = sample.get(i - 1);
        return shape;
    }
}
