package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Runs a request for a person or a machine: progress, Ctrl-C, the output, and what is said at the end. */
final class Runs {
    /** How long Ctrl-C waits for the network call that goes on. */
    private static final long PATIENCE_SECONDS = 20;

    private Runs() {}

    static Result run(Sampler4j sampler4j, Request request, Path out, Form form, boolean json, Terminal terminal) {
        return run(sampler4j, request, out, form, json, terminal, UnaryOperator.identity());
    }

    /** @param settle turns the result into the one that is written */
    static Result run(
            Sampler4j sampler4j,
            Request request,
            Path out,
            Form form,
            boolean json,
            Terminal terminal,
            UnaryOperator<Result> settle) {
        long started = System.nanoTime();
        return interruptible(cancellation -> {
            try (Plan plan = sampler4j.plan(request)) {
                Result result;
                try (ProgressView view = ProgressView.of(terminal, json, plan.sampler())) {
                    result = settle.apply(plan.run(view, cancellation));
                }
                cancellation.check();
                result.write(out, form);
                said(request, plan, result, out, json, terminal, System.nanoTime() - started);
                return result;
            }
        });
    }

    /** Does some work that Ctrl-C cancels. */
    static <T> T interruptible(Function<Cancellation, T> work) {
        Cancellation cancellation = new Cancellation();
        CountDownLatch ended = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> {
            cancellation.cancel("interrupted");
            try {
                ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            return work.apply(cancellation);
        } finally {
            ended.countDown();
            forget(onInterrupt);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already on its way out, and this hook with it.
            return;
        }
    }

    private static void said(
            Request request, Plan plan, Result result, Path out, boolean json, Terminal terminal, long nanos) {
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("output", out.toString()).put("seed", result.seed()).put("count", result.count());
            node.put("nfe", result.nfe()).put("rows", result.rows()).put("seconds", nanos / 1e9);
            double[] psnr = result.psnr();
            if (psnr.length > 0) {
                ArrayNode each = node.putArray("psnr");
                for (double decibels : psnr) each.add(decibels);
            }
            node.set("record", RecordJson.tree(result.record()));
            terminal.out().println(node);
            return;
        }
        terminal.out()
                .printf(
                        Locale.ROOT,
                        "%s: %d %s%s by %s in %s, %s%d network evaluations, %.1f s%n",
                        out,
                        result.count(),
                        plan.product(),
                        result.count() == 1 ? "" : "s",
                        plan.sampler(),
                        plan.way(),
                        plan.draws() ? "seed " + result.seed() + ", " : "",
                        result.nfe(),
                        nanos / 1e9);
    }
}
