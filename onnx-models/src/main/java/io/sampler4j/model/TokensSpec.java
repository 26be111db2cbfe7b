package io.sampler4j.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * The ids that a network reads and answers about. For a codec: the codes between its two networks.
 *
 * @param vocabulary how many ids the network answers about: the width of its logits
 * @param mask the id of a position not settled; empty for a causal prior or a codec
 * @param ends ids that end a text
 * @param pad the id that fills unlike lengths
 * @param begin the id that every sequence starts with
 * @param corruption {@code absorbing} (mask), {@code uniform} or {@code none} (a causal prior, a codec)
 * @param output what the network answers: {@code logits}, {@code log-scores} (SEDD), {@code log-probabilities} or
 *     {@code statistics} (token, probability ... of chosen rows, reduced in the graph)
 * @param shift how far answers lag behind: row i is about position i + shift
 * @param attention {@code full}, {@code block-causal} or {@code causal}
 * @param block the length of a block, for {@code block-causal}
 * @param length the most ids a sequence may have
 * @param shape how the codes of a picture lie, such as [rows, columns]; empty for text
 * @param padding {@code refused} or {@code masked} (the network has an input for the attention mask)
 * @param time what the network is told about the share of masks: {@code none}, {@code sigma}, {@code t} or {@code index}
 * @param classFrom where classes are ids put first in the sequence: class c is the id classFrom + c; empty where the
 *     class is an input of its own, or there are none
 * @param codes ids from 0 that are answered, where the network's own are more: the codebook, without classes and mask
 * @param present what the output {@code present} of a causal network holds: the {@code whole} cache, or what is {@code new}
 * @param suppress ids never answered
 * @param beginSuppress ids never answered at the first open position
 */
public record TokensSpec(
        int vocabulary,
        OptionalInt mask,
        List<Integer> ends,
        OptionalInt pad,
        OptionalInt begin,
        String corruption,
        String output,
        int shift,
        String attention,
        OptionalInt block,
        int length,
        List<Integer> shape,
        String padding,
        String time,
        OptionalInt classFrom,
        OptionalInt codes,
        String present,
        List<Integer> suppress,
        List<Integer> beginSuppress) {
    /** Copies the lists. */
    public TokensSpec {
        ends = List.copyOf(ends);
        shape = List.copyOf(shape);
        suppress = List.copyOf(suppress);
        beginSuppress = List.copyOf(beginSuppress);
    }

    /** How many ids may be answered: those of the codebook, from 0. */
    public int answered() {
        return codes.orElse(vocabulary);
    }

    /** The same, but for the ids that are suppressed. */
    public TokensSpec suppressing(List<Integer> always, List<Integer> atFirst) {
        return new TokensSpec(
                vocabulary,
                mask,
                ends,
                pad,
                begin,
                corruption,
                output,
                shift,
                attention,
                block,
                length,
                shape,
                padding,
                time,
                classFrom,
                codes,
                present,
                always,
                atFirst);
    }
}
