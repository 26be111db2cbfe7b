package io.sampler4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.sampler4j.api.error.RefusedException;
import java.util.List;

/** The environment of ONNX Runtime, and what its build and this machine can run on. */
final class Providers {
    private static final String BUILD =
            "Build with -Pcuda, which takes onnxruntime_gpu in place of onnxruntime (Linux x64 and Windows x64)";
    private static final String LIBRARIES =
            "Install CUDA 12 and cuDNN 9 and put their libraries on the library path (LD_LIBRARY_PATH, or PATH on Windows)";

    private Providers() {}

    /** The one environment of the JVM. Whatever it would log arrives as an exception too, so it keeps quiet. */
    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    static String version() {
        return environment().getVersion();
    }

    static List<ProviderStatus> list() {
        return List.of(new ProviderStatus("cpu", true, "", ""), cuda());
    }

    private static ProviderStatus cuda() {
        try (SessionOptions options = new SessionOptions()) {
            addCuda(options, 0);
            return new ProviderStatus("cuda", true, "", "");
        } catch (RefusedException e) {
            return new ProviderStatus(
                    "cuda", false, e.reasons().get(0), e.reasons().get(1));
        }
    }

    /** Adds CUDA, or refuses with two reasons: what is missing, and how to get it. */
    static void addCuda(SessionOptions options, int device) {
        environment();
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new RefusedException(List.of(
                    "This build's ONNX Runtime " + version() + " has no CUDA provider.",
                    BUILD + ". " + LIBRARIES + ", or run with --device cpu."));
        }
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device)) {
            // The default rounds float32 products to 10 bits of mantissa on Ampere and later: not what was exported.
            cuda.add("use_tf32", "0");
            options.addCUDA(cuda);
        } catch (OrtException e) {
            throw new RefusedException(List.of(
                    "ONNX Runtime's CUDA provider does not load: " + e.getMessage(),
                    LIBRARIES + ", or run with --device cpu."));
        }
    }
}
