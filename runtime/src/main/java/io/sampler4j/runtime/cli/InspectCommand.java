package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.SignatureCheck;
import io.sampler4j.onnx.Signature;
import io.sampler4j.runtime.Sampler4j;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** A model's manifest beside the real signature of its networks. */
final class InspectCommand implements Command {
    @Override
    public String name() {
        return "inspect";
    }

    @Override
    public String usage() {
        return "M [--json]";
    }

    @Override
    public String about() {
        return "shows a model's manifest beside the signature of its networks";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        String model = CommonOptions.argument(line, name(), "model");
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            ModelDirectory directory = sampler4j.models().open(model);
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            boolean json = line.hasOption("json"), ok = true;
            if (!json) terminal.out().println(directory.manifest().json());
            for (Map.Entry<String, NetworkSpec> network :
                    directory.manifest().networks().entrySet()) {
                Signature signature =
                        Signature.of(directory.file(network.getValue().file()));
                SignatureCheck check = SignatureCheck.of(directory.manifest(), network.getKey(), signature);
                ok &= check.ok();
                if (json) all.add(json(check));
                else terminal.out().println(check.table());
            }
            if (json) terminal.out().println(all.toPrettyString());
            return ok ? ExitCode.OK : ExitCode.NETWORK;
        }
    }

    private static ObjectNode json(SignatureCheck check) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("role", check.role()).put("ok", check.ok());
        ArrayNode rows = node.putArray("tensors");
        for (SignatureCheck.Row r : check.rows()) {
            rows.addObject()
                    .put("port", r.port())
                    .put("meaning", r.meaning())
                    .put("tensor", r.tensor())
                    .put("expected", r.expected())
                    .put("found", r.found())
                    .put("remedy", r.remedy());
        }
        return node;
    }
}
