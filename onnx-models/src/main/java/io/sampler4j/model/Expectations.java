package io.sampler4j.model;

import io.sampler4j.onnx.Port;
import java.util.ArrayList;
import java.util.List;

/** What a manifest implies about the tensors of one network. */
final class Expectations {
    private static final String ANY = "any";
    private static final List<String> FLOATS = List.of("float32", "float16", "float64");
    private static final List<String> WHOLES = List.of("int64", "int32");
    private static final String BATCH = "batch";
    private static final String OPEN = "?";
    private static final List<String> ONE_CALL = List.of("flow", "generator");

    private final Manifest manifest;
    private final String role;

    Expectations(Manifest manifest, String role) {
        this.manifest = manifest;
        this.role = role;
    }

    /**
     * One tensor.
     *
     * @param dtypes allowed types, empty for any
     * @param dims numbers, {@code batch} or {@code ?}; null where any shape will do
     */
    record Tensor(List<String> dtypes, List<String> dims) {
        /** How to mend what does not fit, or empty. */
        String problem(Port port) {
            if (!dtypes.isEmpty() && !dtypes.contains(port.dtype())) {
                return "its type must be " + String.join(" or ", dtypes) + ": export it so, or name another tensor";
            }
            if (dims == null) return "";
            if (port.dims().size() != dims.size()) {
                return "its rank is " + port.dims().size() + ", and must be " + dims.size();
            }
            for (int i = 0; i < dims.size(); i++) {
                String expected = dims.get(i), found = port.dims().get(i);
                boolean fixed = found.matches("\\d+");
                if (expected.equals(BATCH) && fixed) {
                    return "its batch is fixed at " + found + ": export it with a dynamic one (dynamic_axes)";
                }
                if (fixed && expected.matches("\\d+") && !found.equals(expected)) {
                    return "dimension " + i + " is " + found + ", and the manifest says " + expected;
                }
            }
            return "";
        }

        @Override
        public String toString() {
            String types =
                    dtypes.isEmpty() ? ANY : dtypes.equals(FLOATS) ? "float" : dtypes.equals(WHOLES) ? "int" : "number";
            return dims == null ? types : types + " [" + String.join(", ", dims) + "]";
        }
    }

    /** What must be named. */
    List<String> needed(String port) {
        if (manifest.kind().equals("diffusion") && role.equals("denoiser")) {
            return port.equals("input") ? List.of("x", "time") : List.of("prediction");
        }
        if (manifest.kind().equals("tokens")
                && List.of("denoiser", "prior", "prefill", "reduced").contains(role)) {
            if (port.equals("input")) return List.of("ids");
            return role.equals("reduced") ? List.of("token", "probability") : List.of("logits");
        }
        if (ONE_CALL.contains(manifest.kind())) {
            boolean input = port.equals("input");
            return switch (role) {
                case "generator" -> List.of(input ? "z" : "x");
                case "encoder" -> input ? List.of("x") : List.of("z", "logdet");
                case "gradient" -> input ? List.of("x") : List.of("logp", "gradient");
                default -> List.of();
            };
        }
        return List.of();
    }

    Tensor of(String port, String meaning) {
        boolean denoiser = manifest.kind().equals("diffusion") && role.equals("denoiser");
        if (denoiser && meaning.equals("x")) return new Tensor(FLOATS, sample(1));
        if (denoiser && meaning.equals("prediction")) {
            return new Tensor(FLOATS, sample(manifest.variance().equals("none") ? 1 : 2));
        }
        if (denoiser && meaning.equals("time")) {
            List<String> all = new ArrayList<>(FLOATS);
            all.addAll(WHOLES);
            boolean each = manifest.time().map(TimeSpec::perSample).orElse(false);
            return new Tensor(all, each ? List.of(BATCH) : null);
        }
        if (denoiser && meaning.equals("class")) return new Tensor(WHOLES, List.of(BATCH));
        if (ONE_CALL.contains(manifest.kind())) return oneCall(meaning);
        if (manifest.kind().equals("tokens") && manifest.tokens().isPresent()) {
            return token(port, meaning, manifest.tokens().get().vocabulary());
        }
        return new Tensor(List.of(), null);
    }

    private Tensor oneCall(String meaning) {
        return switch (meaning) {
            case "x", "gradient" -> new Tensor(FLOATS, sample(1));
            case "z" ->
                new Tensor(
                        FLOATS, manifest.latent().map(l -> batch(l.shape(), 1)).orElse(null));
            case "logdet", "logp" -> new Tensor(FLOATS, List.of(BATCH));
            case "class" -> new Tensor(WHOLES, List.of(BATCH));
            default -> new Tensor(List.of(), null);
        };
    }

    /** Sequences are [batch, length]; where {@code rows} are asked for, answers are [rows] or [rows, vocabulary]. */
    private Tensor token(String port, String meaning, int vocabulary) {
        boolean chosen = manifest.networks().get(role).inputs().containsKey("rows");
        String ids = String.valueOf(vocabulary);
        if (port.equals("input")) {
            return switch (meaning) {
                case "ids", "attention", "positions", "segments" -> new Tensor(WHOLES, List.of(OPEN, OPEN));
                case "rows" -> new Tensor(WHOLES, List.of(OPEN));
                case "bias" -> new Tensor(FLOATS, List.of(ids));
                case "time" -> new Tensor(FLOATS, List.of(BATCH));
                case "class" -> new Tensor(WHOLES, List.of(BATCH));
                default -> new Tensor(List.of(), null);
            };
        }
        return switch (meaning) {
            case "logits" -> new Tensor(FLOATS, chosen ? List.of(OPEN, ids) : List.of(OPEN, OPEN, ids));
            case "token" -> new Tensor(WHOLES, List.of(OPEN));
            case "probability", "runnerUp", "entropy" -> new Tensor(FLOATS, List.of(OPEN));
            default -> new Tensor(List.of(), null);
        };
    }

    private List<String> sample(int channels) {
        return manifest.sample().map(s -> batch(s.shape(), channels)).orElse(null);
    }

    private static List<String> batch(List<Integer> shape, int channels) {
        List<String> dims = new ArrayList<>();
        dims.add(BATCH);
        for (int i = 0; i < shape.size(); i++) dims.add(String.valueOf(shape.get(i) * (i == 0 ? channels : 1)));
        return dims;
    }
}
