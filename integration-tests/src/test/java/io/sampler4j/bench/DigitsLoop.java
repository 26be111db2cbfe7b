package io.sampler4j.bench;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** For every number that comes in: draws as many digits in 50 DDIM steps, and answers with the seconds it took. */
public final class DigitsLoop {
    private DigitsLoop() {}

    /** Ends with its input. */
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(System.getProperty("sampler4j.home"));
        try (Sampler4j sampler4j = Sampler4j.builder()
                        .modelsDirectory(home.resolve("models"))
                        .pluginsDirectory(home.resolve("plugins"))
                        .open();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line; (line = in.readLine()) != null; ) {
                Request request = Request.of("digits-ddpm")
                        .sampler("ddim")
                        .scheduler("leading")
                        .steps(50)
                        .guidance("none")
                        .classes("0..9")
                        .seed(1)
                        .count(Integer.parseInt(line.strip()));
                long started = System.nanoTime();
                try (Plan plan = sampler4j.plan(request)) {
                    plan.run();
                }
                System.out.printf(Locale.ROOT, "%.6f%n", (System.nanoTime() - started) / 1e9);
            }
        }
    }
}
