package org.example.digits;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Request;
import jakarta.inject.Inject;
import java.nio.file.Path;

/** A service of the application, which is given the host like any other. */
final class NumberPainter {
    private final Sampler4j sampler4j;

    @Inject
    NumberPainter(Sampler4j sampler4j) {
        this.sampler4j = sampler4j;
    }

    /** Writes a picture of each digit of the number. */
    void paint(String number, Path out) {
        sampler4j
                .run(Request.of("digits-ddpm")
                        .sampler("ddim")
                        .steps(8)
                        .classes(String.join(",", number.split("")))
                        .count(number.length())
                        .seed(7))
                .write(out);
    }
}
