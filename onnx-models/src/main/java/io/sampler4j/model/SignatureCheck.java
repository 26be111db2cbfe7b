package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Signature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest beside the signature of one of its networks, row by row.
 *
 * @param role the network's role in the manifest
 * @param rows one for each tensor that the manifest names, and each that it does not name though the network has it
 */
public record SignatureCheck(String role, List<Row> rows) {
    /** Copies the list. */
    public SignatureCheck {
        rows = List.copyOf(rows);
    }

    /**
     * One tensor.
     *
     * @param port {@code input} or {@code output}
     * @param meaning as the manifest calls it, empty where it does not name the tensor
     * @param tensor its name in the graph
     * @param expected type and shape that the manifest implies
     * @param found type and shape in the graph
     * @param remedy how to mend it, empty where they agree
     */
    public record Row(String port, String meaning, String tensor, String expected, String found, String remedy) {
        /** Whether expectation and graph agree. */
        public boolean ok() {
            return remedy.isEmpty();
        }
    }

    /** Compares. @throws io.sampler4j.api.error.RefusedException if the manifest has no such role */
    public static SignatureCheck of(Manifest manifest, String role, Signature signature) {
        NetworkSpec spec = manifest.networks().get(role);
        if (spec == null)
            throw new RefusedException(
                    Names.unknown("network", role, manifest.networks().keySet()));
        Expectations expectations = new Expectations(manifest, role);
        List<Row> rows = new ArrayList<>();
        compare("input", spec.inputs(), signature.inputs(), expectations, rows);
        compare("output", spec.outputs(), signature.outputs(), expectations, rows);
        return new SignatureCheck(role, rows);
    }

    private static void compare(
            String kind, Map<String, String> named, List<Port> ports, Expectations expectations, List<Row> rows) {
        List<String> real = ports.stream().map(Port::name).toList();
        named.forEach((meaning, tensor) -> {
            Expectations.Tensor expected = expectations.of(kind, meaning);
            Optional<Port> port =
                    ports.stream().filter(p -> p.name().equals(tensor)).findFirst();
            if (port.isEmpty()) {
                String remedy = "the network has no " + kind + " " + tensor + ": name one of "
                        + String.join(", ", Names.nearest(tensor, real));
                rows.add(new Row(kind, meaning, tensor, expected.toString(), "-", remedy));
            } else {
                String found =
                        port.get().dtype() + " [" + String.join(", ", port.get().dims()) + "]";
                rows.add(new Row(kind, meaning, tensor, expected.toString(), found, expected.problem(port.get())));
            }
        });
        expectations.needed(kind).stream()
                .filter(m -> !named.containsKey(m))
                .forEach(meaning -> rows.add(new Row(
                        kind,
                        meaning,
                        "-",
                        expectations.of(kind, meaning).toString(),
                        "-",
                        "say in networks which " + kind + " is the " + meaning)));
        for (Port port : ports) {
            if (named.containsValue(port.name())) continue;
            String found = port.dtype() + " [" + String.join(", ", port.dims()) + "]";
            // An output that nobody asks for is not computed; an input without a value stops every call.
            String remedy = kind.equals("input") ? "the network needs it: say what it means in networks" : "";
            rows.add(new Row(kind, "", port.name(), "-", found, remedy));
        }
    }

    /** Whether every row agrees. */
    public boolean ok() {
        return rows.stream().allMatch(Row::ok);
    }

    /** The rows as a text table with aligned columns. */
    public String table() {
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"", "", role, "manifest expects", "network has", ""});
        for (Row r : rows) {
            String meaning = r.meaning().isEmpty() ? "-" : r.meaning();
            lines.add(new String[] {r.port(), meaning, r.tensor(), r.expected(), r.found(), r.remedy()});
        }
        int[] widths = new int[6];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], line[i].length());
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            StringBuilder one = new StringBuilder("  ");
            for (int i = 0; i < widths.length; i++) {
                one.append(line[i]).append(" ".repeat(widths[i] - line[i].length() + 2));
            }
            text.append(one.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** @param file the network, for the message @throws NetworkException with the table, unless every row agrees */
    public void orThrow(Path file) {
        if (!ok()) {
            throw new NetworkException(
                    "the network " + file + " of the role " + role + " is not what its manifest says:\n" + table());
        }
    }
}
