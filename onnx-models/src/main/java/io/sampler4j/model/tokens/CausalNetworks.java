package io.sampler4j.model.tokens;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a causal network, and the one that fills its cache from nothing, take and give. Immutable. */
final class CausalNetworks {
    /** The role of a network without a past, for exports that cannot take an empty one. */
    static final String PREFILL = "prefill";

    /** Logits that a cache has room for, 64 MB, before it feeds its ids in parts. */
    private static final long ROOM = 1 << 24;

    private static final String PAST = "past";

    private final TokenModel model;
    private final TokensSpec tokens;
    private final Side main;
    private final Optional<Side> prefill;
    private final List<Past> pasts = new ArrayList<>();
    private final boolean oneByOne;

    /** A network and the names of its tensors. */
    private record Side(Network network, NetworkSpec names) {
        String logits() {
            return names.outputs().get("logits");
        }
    }

    /**
     * A part of the cache.
     *
     * @param input its tensor
     * @param present the meaning of the output that becomes it
     * @param dims its shape, those of batch and time free
     * @param batch which dimension counts sequences
     * @param time which counts positions
     */
    record Past(String input, String present, long[] dims, int batch, int time) {
        long[] shape(int sequences, int positions) {
            long[] shape = dims.clone();
            shape[batch] = sequences;
            shape[time] = positions;
            return shape;
        }
    }

    CausalNetworks(TokenModel model, String role, Network network, Optional<Network> prefill) {
        this.model = model;
        tokens = model.tokens();
        NetworkSpec names = model.network(role);
        main = new Side(network, names);
        this.prefill = prefill.map(p -> new Side(p, model.network(PREFILL)));
        Port ids = port(names.inputs().get("ids"));
        oneByOne = ids.dims().size() == 2 && ids.dims().get(1).equals("1");
        names.inputs().forEach((meaning, tensor) -> {
            if (meaning.startsWith(PAST)) pasts.add(past(meaning, port(tensor), ids));
        });
    }

    private Port port(String tensor) {
        return main.network
                .signature()
                .input(tensor)
                .orElseThrow(() -> new NetworkException("the network has no input " + tensor));
    }

    /** By the names of its dimensions: what is called as the batch of ids is, and the other that is no number. */
    private Past past(String meaning, Port port, Port ids) {
        String present = "present" + meaning.substring(PAST.length());
        for (Side side : prefill.map(p -> List.of(main, p)).orElse(List.of(main))) {
            if (!side.names.outputs().containsKey(present)) {
                throw new NetworkException("networks names the input " + meaning + ", and "
                        + (side == main ? "no" : "in prefill no") + " output " + present + " that becomes it");
            }
        }
        long[] dims = new long[port.dims().size()];
        List<Integer> free = new ArrayList<>();
        for (int d = 0; d < dims.length; d++) {
            String dim = port.dims().get(d);
            if (dim.matches("\\d+")) dims[d] = Long.parseLong(dim);
            else free.add(d);
        }
        if (free.size() != 2) {
            throw new NetworkException("the cache " + port + " must have two dimensions that are no numbers, those of"
                    + " sequences and positions: export it with both dynamic");
        }
        boolean second = port.dims().get(free.get(1)).equals(ids.dims().get(0));
        return new Past(port.name(), present, dims, free.get(second ? 1 : 0), free.get(second ? 0 : 1));
    }

    boolean caches() {
        return !pasts.isEmpty();
    }

    boolean asksForClass() {
        return main.names.inputs().containsKey("class");
    }

    /** Whether a present is the whole cache, not the new positions alone. */
    boolean givesWhole() {
        return tokens.present().equals("whole");
    }

    boolean prefills() {
        return prefill.isPresent();
    }

    List<Past> pasts() {
        return pasts;
    }

    int context() {
        return tokens.length();
    }

    /** New ids that a slot is made for, where at least so many are wanted at once. */
    int room(int batch, int wanted) {
        if (oneByOne) return 1;
        long fits = ROOM / ((long) batch * tokens.vocabulary());
        return (int) Math.max(caches() ? 1 : wanted, Math.min(context(), Math.max(fits, caches() ? 1 : wanted)));
    }

    /** Sequences of this length that one call may hold. */
    int most(int halves, int length) {
        long each = (caches() ? 1L : length) * tokens.vocabulary();
        for (Past p : pasts) {
            long one = 1;
            for (long d : p.shape(1, context())) one *= d;
            each = Math.max(each, one);
        }
        return (int) Math.max(1, Integer.MAX_VALUE / (Float.BYTES * halves * each));
    }

    private Side side(boolean past) {
        return past ? main : prefill.orElseThrow();
    }

    /**
     * A slot for calls with a past or, of exactly so many ids, without one.
     *
     * @param room for new ids of each sequence
     */
    Slot slot(boolean past, int batch, int room) {
        Side side = side(past);
        Map<String, long[]> in = new LinkedHashMap<>(), out = new LinkedHashMap<>();
        side.names
                .inputs()
                .forEach((meaning, tensor) -> in.put(
                        tensor,
                        switch (meaning) {
                            case "class" -> new long[] {batch};
                            case "attention" -> new long[] {batch, context()};
                            default -> new long[] {batch, room};
                        }));
        out.put(side.logits(), new long[] {batch, answers(past, room), tokens.vocabulary()});
        for (Past p : pasts) {
            if (past) in.put(p.input(), p.shape(batch, context()));
            out.put(output(p, past), p.shape(batch, past && givesWhole() ? context() : room));
        }
        return side.network.slot(in, out);
    }

    /** The tensor that becomes a part of the cache. */
    String output(Past p, boolean past) {
        return side(past).names.outputs().get(p.present());
    }

    /** Shapes and fills everything but the past, for the ids [from, to) of each sequence. */
    void feed(Slot slot, boolean past, int[][] ids, int[] groups, int from, int to) {
        Side side = side(past);
        int batch = ids.length, n = to - from;
        int[] part = new int[n];
        side.names.inputs().forEach((meaning, tensor) -> {
            switch (meaning) {
                case "class" -> {
                    for (int b = 0; b < batch; b++) slot.fill(tensor, b, b + 1, groups[b]);
                }
                case "attention" -> {
                    slot.shape(tensor, batch, to);
                    slot.fill(tensor, 0, batch, 1);
                }
                case "positions", "ids" -> {
                    slot.shape(tensor, batch, n);
                    for (int b = 0; b < batch; b++) {
                        for (int k = 0; k < n; k++) part[k] = meaning.equals("ids") ? ids[b][from + k] : from + k;
                        slot.ids(tensor, b, part);
                    }
                }
                default -> {}
            }
        });
        slot.shape(side.logits(), batch, answers(past, n), tokens.vocabulary());
        for (Past p : pasts) slot.shape(output(p, past), p.shape(batch, past && givesWhole() ? to : n));
    }

    /** Positions answered about of the n that are fed, the last ones. */
    int answers(boolean past, int n) {
        Side side = side(past);
        return model.answers(side.network.signature(), side.names, n);
    }

    Slot.Values logits(Slot slot, boolean past) {
        return slot.values(side(past).logits());
    }
}
