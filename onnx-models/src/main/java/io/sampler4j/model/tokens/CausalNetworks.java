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
    private final Network network;
    private final NetworkSpec names;
    private final Optional<Network> prefill;
    private final List<Past> pasts = new ArrayList<>();
    private final boolean oneByOne;

    /**
     * A part of the cache.
     *
     * @param input its tensor
     * @param output what becomes it
     * @param dims its shape, those of batch and time free
     * @param batch which dimension counts sequences
     * @param time which counts positions
     */
    record Past(String input, String output, long[] dims, int batch, int time) {
        long[] shape(int sequences, int positions) {
            long[] shape = dims.clone();
            shape[batch] = sequences;
            shape[time] = positions;
            return shape;
        }
    }

    CausalNetworks(TokenModel model, String role, Network network, Optional<Network> prefill) {
        this.model = model;
        this.network = network;
        this.prefill = prefill;
        tokens = model.tokens();
        names = model.network(role);
        Port ids = port(names.inputs().get("ids"));
        oneByOne = ids.dims().size() == 2 && ids.dims().get(1).equals("1");
        names.inputs().forEach((meaning, tensor) -> {
            if (meaning.startsWith(PAST)) pasts.add(past(meaning, port(tensor), ids));
        });
    }

    private Port port(String tensor) {
        return network.signature()
                .input(tensor)
                .orElseThrow(() -> new NetworkException("the network has no input " + tensor));
    }

    /** By the names of its dimensions: what is called as the batch of ids is, and the other that is no number. */
    private Past past(String meaning, Port port, Port ids) {
        String output = names.outputs().get("present" + meaning.substring(PAST.length()));
        if (output == null) {
            throw new NetworkException("networks names the input " + meaning + ", and no output present"
                    + meaning.substring(PAST.length()) + " that becomes it");
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
        return new Past(port.name(), output, dims, free.get(second ? 1 : 0), free.get(second ? 0 : 1));
    }

    boolean caches() {
        return !pasts.isEmpty();
    }

    boolean asksForClass() {
        return names.inputs().containsKey("class");
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

    /** A slot for up to {@code room} new ids of so many sequences. */
    Slot slot(int batch, int room) {
        return slot(network, names, batch, room, true);
    }

    /** One without a past, for exactly so many ids. */
    Slot prefillSlot(int batch, int length) {
        return slot(prefill.orElseThrow(), model.network(PREFILL), batch, length, false);
    }

    private Slot slot(Network of, NetworkSpec names, int batch, int room, boolean past) {
        Map<String, long[]> in = new LinkedHashMap<>(), out = new LinkedHashMap<>();
        names.inputs()
                .forEach((meaning, tensor) -> in.put(
                        tensor,
                        switch (meaning) {
                            case "class" -> new long[] {batch};
                            case "attention" -> new long[] {batch, context()};
                            default -> new long[] {batch, room};
                        }));
        out.put(names.outputs().get("logits"), new long[] {batch, answers(of, names, room), tokens.vocabulary()});
        for (Past p : pasts) {
            if (past) in.put(p.input(), p.shape(batch, context()));
            out.put(p.output(), p.shape(batch, past && givesWhole() ? context() : room));
        }
        return of.slot(in, out);
    }

    /** Shapes and fills everything but the past, for the ids [from, to) of each sequence. */
    void feed(Slot slot, boolean past, int[][] ids, int[] groups, int from, int to) {
        NetworkSpec of = past ? names : model.network(PREFILL);
        int batch = ids.length, n = to - from;
        int[] part = new int[n];
        of.inputs().forEach((meaning, tensor) -> {
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
        slot.shape(of.outputs().get("logits"), batch, answers(past, n), tokens.vocabulary());
        for (Past p : pasts) slot.shape(p.output(), p.shape(batch, past && givesWhole() ? to : n));
    }

    /** Positions answered about of the n that are fed, the last ones. */
    int answers(boolean past, int n) {
        return past ? answers(network, names, n) : answers(prefill.orElseThrow(), model.network(PREFILL), n);
    }

    private int answers(Network of, NetworkSpec names, int n) {
        return model.answers(of.signature(), names, n);
    }

    Slot.Values logits(Slot slot, boolean past) {
        return slot.values((past ? names : model.network(PREFILL)).outputs().get("logits"));
    }
}
