package io.sampler4j.api.testing;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What a sampler did, line by line: each operation on a tensor with its coefficients, each question, draw and step. Two
 * runs that did the same have equal lines. Coefficients that the API allows to depend on the data, one for each sample,
 * are not among them. Recorded with data or, as a host plans, without.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class Program {
    private static final int MOST_LINES = 200_000;

    private final List<String> lines = new ArrayList<>();
    private final List<Object> made = new ArrayList<>();
    private final List<NoiseLevel> levels = new ArrayList<>();
    private int tensors;
    private int afterFirstStep;
    private int draws;
    private int steps;
    private String notFinite = "";

    private Program() {}

    /** The sampler on a start, which it changes, with the answers of a network. */
    public static Program of(
            DiffusionSampler sampler, Denoiser network, NoiseGrid grid, ArrayLikeTensor start, long seed) {
        return new Program().record(sampler, network, grid, Optional.of(start), start.size(), start.samples(), seed);
    }

    /** The sampler on tensors without data: the network's facts are read, and it is not asked. */
    public static Program withoutData(
            DiffusionSampler sampler, Denoiser facts, NoiseGrid grid, int samples, int elementsEach) {
        return new Program().record(sampler, facts, grid, Optional.empty(), samples * elementsEach, samples, 0);
    }

    private Program record(
            DiffusionSampler sampler,
            Denoiser network,
            NoiseGrid grid,
            Optional<ArrayLikeTensor> start,
            int size,
            int samples,
            long seed) {
        RecordedDenoiser denoiser = new RecordedDenoiser(network);
        RecordedRun run = new RecordedRun(new TestRun(seed));
        made.add(denoiser);
        made.add(run);
        sampler.sample(denoiser, grid, new RecordedTensor(start, size, samples), run);
        return this;
    }

    /** The lines. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The levels at which the network was asked. */
    public List<NoiseLevel> levels() {
        return List.copyOf(levels);
    }

    /** How often the network was asked. */
    public int evaluations() {
        return levels.size();
    }

    /** Tensors of noise drawn. */
    public int draws() {
        return draws;
    }

    /** Steps reported. */
    public int steps() {
        return steps;
    }

    /** Tensors in all, the start included. */
    public int tensors() {
        return tensors;
    }

    /** Those made when the first step had been reported. */
    int tensorsAfterFirstStep() {
        return afterFirstStep;
    }

    /** The first line with a coefficient that is not finite; empty where there is none. */
    public String notFinite() {
        return notFinite;
    }

    /** All that the run was given or made: its tensors, the network, the run. */
    List<Object> made() {
        return made;
    }

    /** Where another program first differs; empty where it does not. */
    public Optional<String> differenceTo(Program other) {
        int n = Math.max(lines.size(), other.lines.size());
        for (int i = 0; i < n; i++) {
            String a = line(i), b = other.line(i);
            if (!a.equals(b)) return Optional.of("`" + a + "` against `" + b + "`, operation " + i);
        }
        return Optional.empty();
    }

    private String line(int i) {
        return i < lines.size() ? lines.get(i) : "the end";
    }

    private void add(String line) {
        if (lines.size() == MOST_LINES) {
            throw new IllegalStateException(
                    "after " + MOST_LINES + " operations and " + steps + " steps it has not ended");
        }
        lines.add(line);
    }

    private void add(String line, double... coefficients) {
        add(line);
        for (double c : coefficients) if (!Double.isFinite(c) && notFinite.isEmpty()) notFinite = line;
    }

    private final class RecordedRun implements TensorRun, Noise {
        private final TestRun run;

        RecordedRun(TestRun run) {
            this.run = run;
        }

        @Override
        public Noise noise() {
            return this;
        }

        @Override
        public void step(int i, Tensor x) {
            add("step " + i + " " + x);
            steps++;
        }

        @Override
        public void normal(Tensor out) {
            add(out + " = normal");
            draws++;
            ((RecordedTensor) out).data.ifPresent(run::normal);
        }

        @Override
        public void uniform(Tensor out) {
            add(out + " = uniform");
            draws++;
            ((RecordedTensor) out).data.ifPresent(run::uniform);
        }
    }

    private final class RecordedDenoiser extends DelegatingDenoiser {
        RecordedDenoiser(Denoiser other) {
            super(other);
        }

        @Override
        public Estimate estimate(Tensor x) {
            return Estimate.shapedAs(x);
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, Estimate out) {
            add(out.x0() + ", " + out.eps() + " = denoise " + x + " at " + at.alpha() + ", " + at.sigma());
            levels.add(at);
            Optional<ArrayLikeTensor> data = ((RecordedTensor) x).data;
            if (data.isEmpty()) return;
            Estimate answer = Estimate.shapedAs(data.get());
            super.denoise(data.get(), at, answer);
            ((RecordedTensor) out.x0()).data.orElseThrow().set(answer.x0());
            ((RecordedTensor) out.eps()).data.orElseThrow().set(answer.eps());
        }
    }

    /** Writes down what is done to it, and does it where it has data. */
    private final class RecordedTensor extends BlankTensor {
        private final Optional<ArrayLikeTensor> data;
        private final int id = tensors++;

        RecordedTensor(Optional<ArrayLikeTensor> data, int size, int samples) {
            super(size, samples);
            this.data = data;
            made.add(this);
            if (steps > 0) afterFirstStep++;
        }

        @Override
        public String toString() {
            return "t" + id;
        }

        private ArrayLikeTensor of(Tensor t) {
            return ((RecordedTensor) t).data.orElseThrow();
        }

        @Override
        public Tensor like() {
            return new RecordedTensor(data.map(ArrayLikeTensor::like), size(), samples());
        }

        @Override
        public Tensor set(Tensor y) {
            add(this + " = " + y);
            data.ifPresent(d -> d.set(of(y)));
            return this;
        }

        @Override
        public Tensor set(double a, Tensor y) {
            add(this + " = " + a + " " + y, a);
            data.ifPresent(d -> d.set(a, of(y)));
            return this;
        }

        @Override
        public Tensor set(double a, Tensor y, double b, Tensor z) {
            add(this + " = " + a + " " + y + " + " + b + " " + z, a, b);
            data.ifPresent(d -> d.set(a, of(y), b, of(z)));
            return this;
        }

        @Override
        public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
            add(this + " = " + a + " " + y + " + " + b + " " + z + " + " + c + " " + w, a, b, c);
            data.ifPresent(d -> d.set(a, of(y), b, of(z), c, of(w)));
            return this;
        }

        @Override
        public Tensor add(double a, Tensor y) {
            return set(1, this, a, y);
        }

        @Override
        public Tensor add(double a, Tensor y, double b, Tensor z) {
            return set(1, this, a, y, b, z);
        }

        @Override
        public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
            Program.this.add(this + " = each " + y + " + each " + z);
            data.ifPresent(d -> d.setEach(a, of(y), b, of(z)));
            return this;
        }

        @Override
        public void dot(Tensor y, double[] perSample) {
            Program.this.add("dot " + this + " " + y);
            data.ifPresentOrElse(d -> d.dot(of(y), perSample), () -> super.dot(y, perSample));
        }

        @Override
        public Tensor clamp(double lo, double hi) {
            Program.this.add(this + " = clamp " + lo + " " + hi);
            data.ifPresent(d -> d.clamp(lo, hi));
            return this;
        }

        @Override
        public Tensor blend(Tensor mask, Tensor y) {
            Program.this.add(this + " = blend " + mask + " " + y);
            data.ifPresent(d -> d.blend(of(mask), of(y)));
            return this;
        }

        @Override
        public void read(float[] into) {
            Program.this.add("read " + this);
            data.ifPresentOrElse(d -> d.read(into), () -> super.read(into));
        }

        @Override
        public void write(float[] from) {
            Program.this.add("write " + this);
            data.ifPresent(d -> d.write(from));
        }

        private void add(String line, double... coefficients) {
            Program.this.add(line, coefficients);
        }
    }
}
