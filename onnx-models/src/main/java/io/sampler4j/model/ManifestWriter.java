package io.sampler4j.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Writes a manifest: members in the order of the schema, those that say nothing left out. */
final class ManifestWriter {
    private ManifestWriter() {}

    static String write(Manifest m) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", m.format()).put("kind", m.kind());
        if (!m.about().isEmpty()) root.put("about", m.about());
        texts(root, "files", m.files());
        ObjectNode networks = root.putObject("networks");
        m.networks().forEach((role, n) -> {
            ObjectNode network = networks.putObject(role);
            network.put("file", n.file());
            texts(network, "inputs", n.inputs());
            texts(network, "outputs", n.outputs());
        });
        m.process().ifPresent(p -> process(root.putObject("process"), p));
        m.prediction().ifPresent(p -> root.put("prediction", p));
        m.preconditioning().ifPresent(p -> root.put("preconditioning", p));
        m.sigmaData().ifPresent(s -> root.put("sigmaData", s));
        m.time().ifPresent(t -> {
            ObjectNode time = root.putObject("time");
            time.put("kind", t.kind());
            if (t.scale() != 1) time.put("scale", t.scale());
            if (!t.direction().equals("noise-at-1")) time.put("direction", t.direction());
            time.put("perSample", t.perSample());
        });
        if (!m.variance().equals("none")) root.put("variance", m.variance());
        m.clip().ifPresent(c -> {
            ObjectNode clip = root.putObject("clip");
            c.range().ifPresent(r -> clip.put("range", r));
            c.thresholdRatio().ifPresent(r -> clip.put("thresholdRatio", r));
            c.thresholdMax().ifPresent(r -> clip.put("thresholdMax", r));
            if (c.rederive()) clip.put("rederive", true);
        });
        m.sample().ifPresent(s -> {
            ObjectNode sample = root.putObject("sample");
            wholes(sample, "shape", s.shape());
            sample.putArray("range").add(s.low()).add(s.high());
        });
        m.classes().ifPresent(c -> {
            ObjectNode classes = root.putObject("classes");
            c.names().forEach(classes.putArray("names")::add);
            c.nullClass().ifPresent(n -> classes.put("null", n));
        });
        m.tokens().ifPresent(t -> tokens(root.putObject("tokens"), t));
        m.codec().ifPresent(c -> {
            ObjectNode codec = root.putObject("codec");
            c.codebook().ifPresent(f -> codec.put("codebook", f));
            c.reach().ifPresent(v -> codec.put("reach", v));
        });
        m.latent().ifPresent(l -> {
            ObjectNode latent = root.putObject("latent");
            latent.put("distribution", l.distribution());
            wholes(latent, "shape", l.shape());
        });
        m.tokenizer().ifPresent(t -> {
            ObjectNode tokenizer = root.putObject("tokenizer");
            tokenizer.put("kind", t.kind());
            t.file().ifPresent(f -> tokenizer.put("file", f));
            t.config().ifPresent(f -> tokenizer.put("config", f));
            texts(tokenizer, "options", t.options());
        });
        if (m.distilled()) root.put("distilled", true);
        m.boundary()
                .ifPresent(b -> root.putObject("boundary")
                        .put("sigmaData", b.sigmaData())
                        .put("timeScale", b.timeScale()));
        m.decoder().ifPresent(d -> {
            ObjectNode decoder = root.putObject("decoder");
            decoder.put("model", d.model()).put("sha256", d.sha256());
            if (d.scale() != 1) decoder.put("scale", d.scale());
            if (d.shift() != 0) decoder.put("shift", d.shift());
        });
        if (!m.defaults().equals(DefaultsSpec.NONE)) defaults(root.putObject("defaults"), m.defaults());
        m.card().ifPresent(c -> root.put("card", c));
        m.heldOut().ifPresent(f -> root.put("heldOut", f));
        return root.toPrettyString();
    }

    private static void process(ObjectNode node, ProcessSpec p) {
        node.put("coordinates", p.coordinates());
        p.betas().ifPresent(b -> {
            ObjectNode betas = node.putObject("betas");
            betas.put("schedule", b.schedule());
            if (b.start() != 0 || b.end() != 0) betas.put("start", b.start()).put("end", b.end());
            betas.put("steps", b.steps());
            if (!b.values().isEmpty()) b.values().forEach(betas.putArray("values")::add);
            betas.put("precision", b.precision());
        });
        p.schedule().ifPresent(s -> {
            ObjectNode schedule = node.putObject("schedule");
            schedule.put("kind", s.kind());
            if (s.kind().equals("linear-beta"))
                schedule.put("betaMin", s.betaMin()).put("betaMax", s.betaMax());
        });
        if (p.zeroSnr()) node.put("zeroSnr", true);
        p.lowest().ifPresent(v -> node.put("lowest", v));
        p.highest().ifPresent(v -> node.put("highest", v));
    }

    private static void tokens(ObjectNode node, TokensSpec t) {
        node.put("vocabulary", t.vocabulary());
        t.mask().ifPresent(v -> node.put("mask", v));
        wholes(node, "ends", t.ends());
        t.pad().ifPresent(v -> node.put("pad", v));
        t.begin().ifPresent(v -> node.put("begin", v));
        node.put("corruption", t.corruption()).put("output", t.output());
        if (t.shift() != 0) node.put("shift", t.shift());
        node.put("attention", t.attention());
        t.block().ifPresent(v -> node.put("block", v));
        node.put("length", t.length());
        wholes(node, "shape", t.shape());
        node.put("padding", t.padding()).put("time", t.time());
        t.classFrom().ifPresent(v -> node.put("classFrom", v));
        t.codes().ifPresent(v -> node.put("codes", v));
        if (!t.present().equals("whole")) node.put("present", t.present());
        wholes(node, "suppress", t.suppress());
        wholes(node, "beginSuppress", t.beginSuppress());
    }

    private static void defaults(ObjectNode node, DefaultsSpec d) {
        d.sampler().ifPresent(v -> node.put("sampler", v));
        d.scheduler().ifPresent(v -> node.put("scheduler", v));
        d.steps().ifPresent(v -> node.put("steps", v));
        d.guidance().ifPresent(v -> node.put("guidance", v));
        d.cfgScale().ifPresent(v -> node.put("cfgScale", v));
        texts(node, "options", d.options());
    }

    private static void texts(ObjectNode node, String name, Map<String, String> values) {
        if (!values.isEmpty()) values.forEach(node.putObject(name)::put);
    }

    private static void wholes(ObjectNode node, String name, List<Integer> values) {
        if (values.isEmpty()) return;
        ArrayNode array = node.putArray(name);
        values.forEach(array::add);
    }
}
