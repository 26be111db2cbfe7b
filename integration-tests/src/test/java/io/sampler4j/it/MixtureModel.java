package io.sampler4j.it;

import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The best denoiser of data whose every element is drawn from a mixture of three Gaussians, as a model directory: a real
 * ONNX file in float32 and its manifest, in one of the parameterizations, coordinates and conventions of time.
 */
final class MixtureModel {
    /** Those of {@code GaussianMixture.THREE}, whose exact solutions the tests compare with. */
    static final double[] WEIGHTS = {.3, .5, .2}, MEANS = {-1.2, .4, 1.5};

    static final double WIDTH = .35;
    /** Elements of a sample. */
    static final int ELEMENTS = 64;

    private static final double SIGMA_DATA = .7;

    private final TinyOnnx graph =
            TinyOnnx.graph().input("x", TinyOnnx.FLOAT, "batch", 1, 8, 8).input("t", TinyOnnx.FLOAT, "batch");
    private int names;

    private MixtureModel() {}

    /**
     * One network.
     *
     * @param prediction as the manifest says it
     * @param coordinates VP (told t of the VP SDE times 999), VE (told sigma) or FLOW (told 1000 (1 - t))
     */
    record Cell(String prediction, String coordinates) {
        String name() {
            return prediction.toLowerCase(java.util.Locale.ROOT) + "-" + coordinates.toLowerCase(java.util.Locale.ROOT);
        }

        /** Whether it has an answer in pure noise. */
        boolean knowsPureNoise() {
            return coordinates.equals("FLOW") && List.of("x0", "v", "velocity").contains(prediction);
        }

        void write(Path models) throws IOException {
            Path directory = Files.createDirectories(models.resolve(name()));
            byte[] network = new MixtureModel().network(this);
            TinyOnnx.write(directory.resolve("network.onnx"), network);
            Files.writeString(directory.resolve("model.json"), """
                    {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"},
                     "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                               "outputs": {"prediction": "out"}}},
                     "process": %s, "prediction": "%s", %s "time": %s,
                     "sample": {"shape": [1, 8, 8], "range": [-1, 1]}}
                    """.formatted(
                            TinyOnnx.sha256(network),
                            switch (coordinates) {
                                case "VP" ->
                                    "{\"coordinates\": \"VP\","
                                            + " \"schedule\": {\"kind\": \"linear-beta\", \"betaMin\": 0.1, \"betaMax\": 20}}";
                                case "VE" -> "{\"coordinates\": \"VE\", \"highest\": 100}";
                                default -> "{\"coordinates\": \"FLOW\"}";
                            },
                            prediction,
                            prediction.equals("F") ? "\"sigmaData\": " + SIGMA_DATA + "," : "",
                            time()));
        }

        private String time() {
            String kind = prediction.equals("F")
                    ? "\"c_noise\""
                    : switch (coordinates) {
                        case "VP" -> "\"t\", \"scale\": 999";
                        case "VE" -> "\"sigma\"";
                        default -> "\"t\", \"scale\": 1000, \"direction\": \"data-at-1\"";
                    };
            return "{\"kind\": " + kind + ", \"perSample\": true}";
        }
    }

    private byte[] network(Cell cell) {
        String told = node("Reshape", "t", axes(-1, 1, 1, 1, 1));
        String[] level = level(cell, told);
        String alpha = level[0], sigma = level[1];
        String seen = node("Unsqueeze", "x", axes(4)), x = seen;
        double d = SIGMA_DATA;
        String q = add(square(sigma), number(d * d));
        if (cell.prediction().equals("F")) x = mul(seen, node("Sqrt", q)); // c_in = 1 / sqrt(sigma^2 + d^2)

        String v = add(mul(square(alpha), number(WIDTH * WIDTH)), square(sigma));
        String means = row(MEANS), logits = div(square(sub(x, mul(alpha, means))), mul(v, number(-2)));
        double[] logs = new double[WEIGHTS.length];
        for (int k = 0; k < logs.length; k++) logs[k] = Math.log(WEIGHTS[k]);
        String shares = "shares";
        graph.node("Softmax", List.of(add(logits, row(logs))), List.of(shares), TinyOnnx.attribute("axis", -1));
        String mean = node("ReduceSum", mul(shares, means), axes(-1));
        String off = div(sub(x, mul(alpha, mean)), v);
        String x0 = add(mean, mul(mul(alpha, number(WIDTH * WIDTH)), off)), eps = mul(sigma, off);

        String out = switch (cell.prediction()) {
            case "epsilon" -> eps;
            case "x0" -> x0;
            case "v" -> sub(mul(alpha, eps), mul(sigma, x0));
            case "velocity" -> sub(eps, x0);
            case "score" -> mul(off, number(-1));
            default -> div(sub(x0, mul(div(number(d * d), q), x)), div(mul(sigma, number(d)), node("Sqrt", q)));
        };
        graph.node("Squeeze", List.of(out, axes(4)), List.of("out"));
        return graph.output("out", TinyOnnx.FLOAT, "batch", 1, 8, 8).bytes();
    }

    /** alpha and sigma in the cell's coordinates, from what the network is told. */
    private String[] level(Cell cell, String told) {
        if (cell.prediction().equals("F")) {
            return new String[] {number(1), node("Exp", mul(told, number(4)))};
        }
        if (cell.coordinates().equals("VE")) return new String[] {number(1), told};
        if (cell.coordinates().equals("FLOW")) {
            String alpha = div(told, number(1000));
            return new String[] {alpha, sub(number(1), alpha)};
        }
        String t = div(told, number(999)); // alpha^2 = e^-(19.9 t^2 / 2 + 0.1 t)
        String kept = node("Exp", mul(add(mul(square(t), number(19.9 / 2)), mul(t, number(.1))), number(-1)));
        return new String[] {node("Sqrt", kept), node("Sqrt", sub(number(1), kept))};
    }

    private String node(String operator, String... inputs) {
        String name = operator + names++;
        graph.node(operator, List.of(inputs), List.of(name));
        return name;
    }

    private String add(String a, String b) {
        return node("Add", a, b);
    }

    private String sub(String a, String b) {
        return node("Sub", a, b);
    }

    private String mul(String a, String b) {
        return node("Mul", a, b);
    }

    private String div(String a, String b) {
        return node("Div", a, b);
    }

    private String square(String a) {
        return mul(a, a);
    }

    private String number(double value) {
        String name = "c" + names++;
        graph.initializer(name, new long[] {}, (float) value);
        return name;
    }

    private String row(double[] values) {
        String name = "r" + names++;
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
        graph.initializer(name, new long[] {values.length}, floats);
        return name;
    }

    private String axes(long... values) {
        String name = "a" + names++;
        graph.initializer(name, new long[] {values.length}, values);
        return name;
    }
}
