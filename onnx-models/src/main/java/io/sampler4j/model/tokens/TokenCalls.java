package io.sampler4j.model.tokens;

import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls of a network that looks both ways: whole sequences in, answers about any of their positions out. Slots are made
 * once for each shape and kept.
 */
final class TokenCalls implements Calls {
    /** Shapes change as runs end and rows settle; more than a few slots of a large vocabulary would fill the memory. */
    private static final int SLOTS = 6;

    private final TokenModel model;
    private final TokensSpec tokens;
    private final Network network;
    private final NetworkSpec names;
    private final Form form;
    private final double scale;
    private final Cancellation cancellation;
    private final LogitReading reading;
    private final Work work = new Work();
    private final Map<String, Slot> slots = new LinkedHashMap<>(16, .75f, true);
    private int[] ids = new int[0];
    private int[] attention = new int[0];

    TokenCalls(TokenModel model, Network network, String role, double scale, int threads, Cancellation cancellation) {
        this.model = model;
        this.network = network;
        this.scale = scale;
        this.cancellation = cancellation;
        tokens = model.tokens();
        names = model.network(role);
        form = Form.of(names);
        reading = new LogitReading(model, scale, threads);
    }

    @Override
    public Work work() {
        return work;
    }

    @Override
    public void answer(List<Asked> all, boolean pad) {
        Map<Integer, List<Asked>> groups = new LinkedHashMap<>();
        for (Asked a : all) {
            groups.computeIfAbsent(pad ? 0 : length(a), k -> new ArrayList<>()).add(a);
        }
        for (List<Asked> group : groups.values()) {
            int length = group.stream().mapToInt(TokenCalls::length).max().orElseThrow();
            int most = most(length);
            for (int i = 0; i < group.size(); i += most) {
                call(group.subList(i, Math.min(i + most, group.size())), length);
            }
        }
    }

    /** Of the sequence: what is in front of the canvas, and the canvas. */
    private static int length(Asked a) {
        return a.front().size() + a.x().length();
    }

    private int most(int length) {
        if (form != Form.LOGITS) return Integer.MAX_VALUE;
        long each = (scale == 1 ? 1L : 2L) * length * tokens.vocabulary() * Float.BYTES;
        return (int) Math.max(1, Integer.MAX_VALUE / each);
    }

    private void call(List<Asked> group, int length) {
        int canvases = group.size(), batch = scale == 1 ? canvases : 2 * canvases;
        int count = 0;
        for (Asked a : group) count += a.rows().size();
        if (count == 0) return;
        // Rounded up, so that a shrinking question makes few slots; a row asked twice costs one row.
        int halves = scale == 1 ? 1 : 2;
        int room = form == Form.LOGITS ? 0 : halves * roundUp(count);
        Slot slot = slot(batch, length, room);
        for (int b = 0; b < batch; b++) {
            Asked a = group.get(b % canvases);
            put(slot, b, a, length, b < canvases);
            if (names.inputs().containsKey("time")) {
                slot.fill(names.inputs().get("time"), b, b + 1, time(a.rows().noise()));
            }
        }
        if (form != Form.LOGITS) slot.ids(names.inputs().get("rows"), 0, asked(group, length, room, halves));
        Query query = group.get(0).rows().query();
        if (form == Form.STATISTICS && names.inputs().containsKey("bias")) {
            String bias = names.inputs().get("bias");
            slot.fill(bias, 0, tokens.vocabulary(), 0);
            if (tokens.answered() < tokens.vocabulary()) {
                slot.fill(bias, tokens.answered(), tokens.vocabulary(), Double.NEGATIVE_INFINITY);
            }
            for (int id : reading.never(query)) slot.fill(bias, id, id + 1, Double.NEGATIVE_INFINITY);
        }
        long before = System.nanoTime();
        slot.run(cancellation);
        work.add(batch, length, System.nanoTime() - before);
        if (form == Form.STATISTICS) statistics(slot, group, room);
        else logits(slot, group, length, room, canvases);
    }

    private static int roundUp(int n) {
        int step = n <= 8 ? 8 : Integer.highestOneBit(n - 1) / 2;
        return (n + step - 1) / step * step;
    }

    private void put(Slot slot, int b, Asked a, int length, boolean asked) {
        if (ids.length != length) {
            ids = new int[length];
            attention = new int[length];
        }
        int front = a.front().size();
        boolean masksGiven = !asked && !a.front().guides();
        for (int s = 0; s < length; s++) {
            int p = s - front;
            boolean real = p < a.x().length();
            attention[s] = real ? 1 : 0;
            ids[s] = p < 0
                    ? a.front().id(s, asked)
                    : !real
                            ? tokens.pad().orElse(0)
                            : masksGiven && !a.x().open(p) ? tokens.mask().getAsInt() : a.x().id(p);
        }
        if (names.inputs().containsKey("class")) {
            slot.fill(names.inputs().get("class"), b, b + 1, a.front().group(asked));
        }
        slot.ids(names.inputs().get("ids"), b, ids);
        String mask = names.inputs().get("attention"),
                positions = names.inputs().get("positions"),
                segments = names.inputs().get("segments");
        if (mask != null) slot.ids(mask, b, attention);
        if (positions != null) {
            for (int p = 0; p < length; p++) ids[p] = p;
            slot.ids(positions, b, ids);
        }
        if (segments != null) slot.fill(segments, b, b + 1, 0);
    }

    /** The share of masks as the network is told it: itself, or the total noise -ln(1 - t) (Lou et al. 2024). */
    private double time(double share) {
        return tokens.time().equals("sigma") ? -Math.log1p(-Math.min(share, 1 - 1e-3)) : share;
    }

    private int[] asked(List<Asked> group, int length, int room, int halves) {
        int[] rows = new int[room];
        int at = 0;
        for (int b = 0; b < group.size(); b++) {
            Rows r = group.get(b).rows();
            for (int i = 0; i < r.size(); i++) rows[at++] = b * length + row(group.get(b), i);
        }
        Arrays.fill(rows, at, room / halves, rows[0]);
        for (int i = 0; halves == 2 && i < room / 2; i++) rows[room / 2 + i] = rows[i] + group.size() * length;
        return rows;
    }

    /** Row i is about position i + shift; the positions that no row is about are answered by the nearest (Dream). */
    private int row(Asked a, int i) {
        return Math.max(0, Math.min(length(a) - 1, a.front().size() + a.rows().position(i) - tokens.shift()));
    }

    private void statistics(Slot slot, List<Asked> group, int room) {
        long[] token = new long[room];
        slot.ids(names.outputs().get("token"), 0, token);
        Slot.Values p = slot.values(names.outputs().get("probability"));
        int at = 0;
        for (Asked a : group) {
            Rows r = a.rows();
            for (int i = 0; i < r.size(); i++, at++) {
                r.answer(i, Math.toIntExact(token[at]), p.at(at));
                if (r.query().wants(Stat.RUNNER_UP))
                    r.runnerUp(i, slot.values(names.outputs().get("runnerUp")).at(at));
                if (r.query().wants(Stat.ENTROPY))
                    r.entropy(i, slot.values(names.outputs().get("entropy")).at(at));
            }
        }
    }

    private void logits(Slot slot, List<Asked> group, int length, int room, int canvases) {
        reading.start(slot.values(names.outputs().get("logits")));
        int answers = form == Form.LOGITS ? answers(length) : 0, at = 0;
        for (int b = 0; b < canvases; b++) {
            Asked a = group.get(b);
            for (int i = 0; i < a.rows().size(); i++, at++) {
                int row = form == Form.LOGITS ? b * answers + row(a, i) - (length - answers) : at;
                reading.add(a, i, row, form == Form.LOGITS ? row + canvases * answers : room / 2 + at);
            }
        }
        reading.finish();
    }

    /** Positions that a network answers about: all it reads, or the last of them where its own shape says fewer. */
    private int answers(int length) {
        return model.answers(network.signature(), names, length);
    }

    private Slot slot(int batch, int length, int room) {
        String key = batch + "x" + length + "/" + room;
        Slot slot = slots.get(key);
        if (slot != null) return slot;
        if (slots.size() == SLOTS) {
            var eldest = slots.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
        Map<String, long[]> in = new LinkedHashMap<>(), out = new LinkedHashMap<>();
        names.inputs()
                .forEach((meaning, tensor) -> in.put(
                        tensor,
                        switch (meaning) {
                            case "rows" -> new long[] {room};
                            case "bias" -> new long[] {tokens.vocabulary()};
                            case "time", "class" -> new long[] {batch};
                            default -> new long[] {batch, length};
                        }));
        names.outputs()
                .forEach((meaning, tensor) -> out.put(
                        tensor,
                        switch (meaning) {
                            case "logits" ->
                                form == Form.LOGITS
                                        ? new long[] {batch, answers(length), tokens.vocabulary()}
                                        : new long[] {room, tokens.vocabulary()};
                            default -> new long[] {room};
                        }));
        slot = network.slot(in, out);
        slots.put(key, slot);
        return slot;
    }

    @Override
    public void close() {
        slots.values().forEach(Slot::close);
        slots.clear();
        reading.close();
    }
}
