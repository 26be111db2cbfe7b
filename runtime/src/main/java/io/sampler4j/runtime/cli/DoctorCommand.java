package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.tokens.TokenKernels;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.ProviderStatus;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Looks at everything a run stands on, and says what to do about what is wrong. */
final class DoctorCommand implements Command {
    /**
     * One finding.
     *
     * @param ok whether a run can stand on it
     */
    private record Finding(String what, boolean ok, String found, String remedy) {}

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String usage() {
        return "[--json]";
    }

    @Override
    public String about() {
        return "looks at the JVM, ONNX Runtime, devices, plugins and models, and says what to do";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        List<Finding> findings = new ArrayList<>();
        jvm(findings);
        telemetry(findings, terminal);
        runtime(findings);
        findings.add(new Finding("logits", true, "read by the kernel " + TokenKernels.name(), ""));
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            plugins(findings, sampler4j);
            models(findings, sampler4j);
        }
        print(findings, line.hasOption("json"), terminal);
        return findings.stream().allMatch(Finding::ok) ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void jvm(List<Finding> findings) {
        findings.add(new Finding(
                "JVM",
                true,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, at most "
                        + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB of heap",
                ""));
    }

    private static void telemetry(List<Finding> findings, Terminal terminal) {
        boolean off = "1".equals(terminal.environment().get("ORT_DISABLE_TELEMETRY"));
        findings.add(new Finding(
                "telemetry",
                true,
                "ONNX Runtime " + (off ? "is told" : "is not told") + " to send none (ORT_DISABLE_TELEMETRY)",
                off ? "" : "1.28.0 sends none; set ORT_DISABLE_TELEMETRY=1 should you change its version"));
    }

    private static void runtime(List<Finding> findings) {
        try {
            String unpacked = System.getProperty("onnxruntime.native.path", "");
            findings.add(new Finding(
                    "ONNX Runtime",
                    true,
                    OnnxRuntime.version()
                            + (unpacked.isEmpty() ? ", its library extracted at every start" : ", from " + unpacked),
                    ""));
            for (ProviderStatus p : OnnxRuntime.providers()) {
                boolean needed = p.name().equals("cpu");
                findings.add(new Finding(
                        "device " + p.name(), p.usable() || !needed, p.usable() ? "usable" : p.problem(), p.remedy()));
            }
        } catch (SampleException | LinkageError e) {
            findings.add(new Finding(
                    "ONNX Runtime",
                    false,
                    String.valueOf(e.getMessage()),
                    "its native library is for Linux x64 and aarch64, macOS arm64 and Windows x64"));
        }
    }

    private static void plugins(List<Finding> findings, Sampler4j sampler4j) {
        List<PluginReport> reports = sampler4j.plugins().reports();
        if (reports.isEmpty()) {
            findings.add(new Finding(
                    "plugins", false, "none", "put plugin jars into the plugins directory, or say --plugins-dir"));
        }
        for (PluginReport r : reports) {
            Path directory = r.file().toAbsolutePath().getParent();
            boolean ok = r.problem().isEmpty();
            String where = directory != null && !Files.isWritable(directory) ? " (directory not writable)" : "";
            findings.add(new Finding(
                    "plugin " + r.file().getFileName(),
                    ok,
                    ok ? r.id() + " " + r.version() + ", " + r.offers().size() + " components" + where : r.problem(),
                    r.remedy()));
        }
    }

    private static void models(List<Finding> findings, Sampler4j sampler4j) {
        var models = sampler4j.models().list();
        if (models.isEmpty()) {
            findings.add(new Finding(
                    "models", false, "none", "put model directories into the models directory, or say --models-dir"));
        }
        models.forEach(m -> findings.add(new Finding(
                "model " + m.name(),
                m.model().isPresent(),
                m.model()
                        .map(d -> d.manifest().kind())
                        .orElseGet(() -> m.problem().orElse("")),
                m.model().isPresent() ? "" : "`inspect` and `verify` say more")));
    }

    private static void print(List<Finding> findings, boolean json, Terminal terminal) {
        if (json) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            for (Finding f : findings) {
                all.addObject()
                        .put("what", f.what())
                        .put("ok", f.ok())
                        .put("found", f.found())
                        .put("remedy", f.remedy());
            }
            terminal.out().println(all.toPrettyString());
            return;
        }
        for (Finding f : findings) {
            terminal.out().printf("%-4s %-24s %s%n", f.ok() ? "ok" : "BAD", f.what(), f.found());
            if (!f.remedy().isEmpty()) terminal.out().printf("     %-24s %s%n", "", f.remedy());
        }
    }
}
