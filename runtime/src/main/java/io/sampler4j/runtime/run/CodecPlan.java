package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.codec.Codec;
import io.sampler4j.model.codec.PictureDecoder;
import io.sampler4j.model.codec.PictureEncoder;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import io.sampler4j.tensor.ArrayTensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Codes of given pictures, pictures of given codes, or pictures by way of their codes. */
final class CodecPlan extends PartsPlan {
    private final Codec codec;
    private final int rows;
    private final int columns;
    private final Optional<Network> encoder;
    private final Optional<Network> decoder;
    /** [n, channels, height, width], or [n, rows, columns]. */
    private final Npy given;

    private final int calls;

    private CodecPlan(FlowDraft draft, Codec codec, Leases leases, Npy given, int rows, int columns) {
        super(draft, List.of());
        this.codec = codec;
        this.given = given;
        this.rows = rows;
        this.columns = columns;
        encoder = lease(leases, "encoder", Request.Verb.DECODE);
        decoder = lease(leases, "decoder", Request.Verb.ENCODE);
        try (Stages stages = new Stages(new Cancellation())) {
            calls = stages.calls();
        }
    }

    private Optional<Network> lease(Leases leases, String role, Request.Verb without) {
        return request.verb() == without
                ? Optional.empty()
                : Optional.of(leases.network(directory, role, basics.network()));
    }

    static CodecPlan ofPictures(FlowDraft draft, Leases leases) {
        draft.components.route(draft.request.settings());
        Codec codec = new Codec(draft.directory);
        draft.reasons.settle();
        int[] size = size(draft.request, codec);
        codec.checkPicture(size[0], size[1]);
        int rows = size[0] / codec.side(), columns = size[1] / codec.side();
        Npy data = GivenSamples.read(
                draft.request.inputs(), codec.picture(rows, columns), GivenSamples.SLACK, draft.hashes);
        draft.spread(data.shape()[0]);
        return new CodecPlan(draft, codec, leases, data, rows, columns);
    }

    /** Height and width of the pictures given, by the first. */
    private static int[] size(Request request, Codec codec) {
        Path first = request.inputs().get(0);
        if (Inputs.isPng(first)) {
            BufferedImage image = Png.image(first);
            return new int[] {image.getHeight(), image.getWidth()};
        }
        int[] shape = Npy.read(first).shape();
        if (shape.length != 4) {
            throw new RefusedException("the pictures given must be pngs, or an npy of the shape [n, " + codec.channels()
                    + ", height, width], and " + first + " has " + Arrays.toString(shape));
        }
        return new int[] {shape[2], shape[3]};
    }

    static CodecPlan ofCodes(FlowDraft draft, Leases leases) {
        draft.components.route(draft.request.settings());
        Codec codec = new Codec(draft.directory);
        draft.reasons.settle();
        Path file = draft.request.inputs().get(0);
        Npy.Whole codes = Npy.Whole.read(file);
        int[] shape = codes.shape().length == 2 ? new int[] {1, codes.shape()[0], codes.shape()[1]} : codes.shape();
        if (shape.length != 3 || codes.values().length == 0) {
            throw new RefusedException(
                    "codes are given as an npy of the shape [n, rows, columns] or [rows, columns], and " + file
                            + " has " + Arrays.toString(codes.shape()));
        }
        int[] ids = new int[codes.values().length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) Math.max(-1, Math.min(Integer.MAX_VALUE, codes.values()[i]));
        }
        codec.checkCodes(ids, shape[1], shape[2]);
        GivenSamples.hash(draft.request.inputs(), draft.hashes);
        draft.spread(shape[0]);
        return new CodecPlan(draft, codec, leases, new Npy(shape, values(ids)), shape[1], shape[2]);
    }

    @Override
    String product() {
        return encodes() ? "picture's codes" : "sample";
    }

    private boolean encodes() {
        return request.verb() == Request.Verb.ENCODE;
    }

    @Override
    boolean makesWholeNumbers() {
        return encodes();
    }

    @Override
    boolean draws() {
        return false;
    }

    @Override
    int evaluations() {
        int samples = basics.batching().parts().get(0).samples();
        return samples * calls;
    }

    @Override
    SampleSpec sample() {
        return encodes()
                ? new SampleSpec(List.of(rows, columns), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
                : codec.picture(rows, columns);
    }

    @Override
    double[] psnr(float[] made) {
        if (request.verb() != Request.Verb.RECONSTRUCT) return super.psnr(made);
        int each = sample().size();
        double peak = sample().high() - sample().low();
        double[] psnr = new double[made.length / each];
        for (int k = 0; k < psnr.length; k++) {
            double sum = 0;
            for (int i = k * each; i < (k + 1) * each; i++) {
                double d = made[i] - given.values()[i];
                sum += d * d;
            }
            psnr[k] = 10 * Math.log10(peak * peak * each / sum);
        }
        return psnr;
    }

    @Override
    void fill(FlowPart part) {
        ArrayTensor in = part.slice(given);
        int from = in.size() / part.samples(), to = part.x().size() / part.samples();
        try (Stages stages = new Stages(part.stop())) {
            for (int k = 0; k < part.samples(); k++) {
                float[] made = stages.made(Arrays.copyOfRange(in.values(), k * from, (k + 1) * from));
                System.arraycopy(made, 0, part.x().values(), k * to, to);
                for (int c = 0; c < calls; c++) part.called().run();
            }
        }
    }

    /** Those of the two stages that the run needs, over buffers of their own. */
    private final class Stages implements AutoCloseable {
        private final Optional<PictureEncoder> encode;
        private final Optional<PictureDecoder> decode;

        Stages(Cancellation stop) {
            int side = codec.side();
            encode = encoder.map(n -> new PictureEncoder(codec, n, rows * side, columns * side, stop));
            decode = decoder.map(n -> new PictureDecoder(codec, n, rows, columns, stop));
        }

        int calls() {
            return encode.map(PictureEncoder::calls).orElse(0)
                    + decode.map(PictureDecoder::calls).orElse(0);
        }

        float[] made(float[] one) {
            int[] codes = encode.map(e -> e.encode(ArrayTensor.over(one, 1))).orElseGet(() -> whole(one));
            if (decode.isEmpty()) return values(codes);
            ArrayTensor pixels =
                    ArrayTensor.zeros(1, codec.picture(rows, columns).size());
            decode.get().decode(List.of(codes), pixels);
            return pixels.values();
        }

        @Override
        public void close() {
            encode.ifPresent(PictureEncoder::close);
            decode.ifPresent(PictureDecoder::close);
        }
    }

    private static int[] whole(float[] values) {
        int[] whole = new int[values.length];
        for (int i = 0; i < whole.length; i++) whole[i] = (int) values[i];
        return whole;
    }

    private static float[] values(int[] whole) {
        float[] values = new float[whole.length];
        for (int i = 0; i < values.length; i++) values[i] = whole[i];
        return values;
    }

    @Override
    void describe(ObjectNode record) {
        super.describe(record);
        record.put("rows", rows).put("columns", columns);
        if (rows > codec.rows() || columns > codec.columns()) {
            record.put("tiles", codec.tilesAreExact() ? "exact" : "blended");
        }
    }
}
