package io.sampler4j.model.tokens;

import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Slot;
import io.sampler4j.tensor.ArrayTensor;

/**
 * The keys and values of some sequences that are computed together, and the ids they belong to. What the network gives
 * back is what it is given next, in place; it is copied only where a network fills it from nothing, where it gives the
 * new positions alone, and where it is shortened. Confined to one thread.
 */
final class KeyValueCache implements AutoCloseable {
    private final CausalNetworks networks;
    private final int batch;
    private final int[][] kept;
    private Slot slot;
    private Slot prefill;
    private int room;
    private int length;
    private int[][] wanted;
    private int answers;

    KeyValueCache(CausalNetworks networks, int batch) {
        this.networks = networks;
        this.batch = batch;
        kept = new int[batch][networks.context()];
    }

    /** Positions it holds. */
    int length() {
        return length;
    }

    /** Of those that {@link #run} computed, how many it answered about: the last ones. */
    int answers() {
        return answers;
    }

    /**
     * Forgets all from the first id on in which a sequence differs, and from {@code earliest} on, whose answer is wanted.
     *
     * @param sequences to be computed next, equally long
     */
    void reuse(int[][] sequences, int earliest) {
        wanted = sequences;
        int same = networks.caches() ? Math.min(length, earliest) : 0;
        for (int b = 0; b < batch; b++) {
            int i = 0;
            while (i < same && kept[b][i] == sequences[b][i]) i++;
            same = i;
        }
        if (same < length) {
            for (CausalNetworks.Past p : networks.pasts()) slot.keep(p.input(), p.time(), same);
            length = same;
        }
    }

    /** Computes the next ids that were wanted, as many as there is room for; the logits of the last {@link #answers()} of them. */
    Slot.Values run(int[] groups, Work work, Cancellation cancellation) {
        int left = wanted[0].length - length;
        boolean past = length > 0 || !networks.prefills();
        if (slot == null || !networks.caches() && left > room) make(left);
        int n = past ? Math.min(left, room) : left;
        Slot asked = past ? slot : prefillSlot(n);
        networks.feed(asked, past, wanted, groups, length, length + n);
        long before = System.nanoTime();
        asked.run(cancellation);
        work.add(batch, n, System.nanoTime() - before);
        for (CausalNetworks.Past p : networks.pasts()) take(p, past, n);
        for (int b = 0; b < batch; b++) System.arraycopy(wanted[b], length, kept[b], length, n);
        length += n;
        answers = networks.answers(past, n);
        return networks.logits(asked, past);
    }

    private void make(int ids) {
        if (slot != null) slot.close();
        room = networks.room(batch, ids);
        slot = networks.slot(true, batch, room);
        for (CausalNetworks.Past p : networks.pasts()) {
            slot.fill(p.input(), 0, (int) p.shape(batch, 1)[0], 0);
            slot.shape(p.input(), p.shape(batch, 0));
        }
    }

    private Slot prefillSlot(int n) {
        if (prefill != null) prefill.close();
        prefill = networks.slot(false, batch, n);
        return prefill;
    }

    private void take(CausalNetworks.Past p, boolean past, int n) {
        if (!past) {
            long[] shape = p.shape(batch, n);
            int elements = 1;
            for (long d : shape) elements *= (int) d;
            ArrayTensor values = ArrayTensor.zeros((int) shape[0], elements / (int) shape[0]);
            prefill.read(networks.output(p, false), 0, 0, values);
            slot.shape(p.input(), shape);
            slot.state(p.input(), 0, values);
        } else if (networks.givesWhole()) {
            slot.feed(networks.output(p, true), p.input());
        } else {
            slot.append(networks.output(p, true), p.input(), p.time());
        }
    }

    @Override
    public void close() {
        if (slot != null) slot.close();
        if (prefill != null) prefill.close();
    }
}
