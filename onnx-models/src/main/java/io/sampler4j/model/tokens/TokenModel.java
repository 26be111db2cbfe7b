package io.sampler4j.model.tokens;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.TokenProcess;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.TokensSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The facts of a token model, as its manifest states them, and which of its networks answers a question. Immutable. */
public final class TokenModel {
    /** From cheap to dear: the reduced head answers what it can. */
    private static final List<String> ROLES = List.of("reduced", "denoiser", "prior");

    private final Manifest manifest;
    private final TokensSpec tokens;

    /** @throws RefusedException if the manifest does not say what a run over tokens needs */
    public TokenModel(Manifest manifest) {
        this(
                manifest,
                manifest.tokens()
                        .orElseThrow(() -> new RefusedException("the manifest has no member tokens: the ids that its"
                                + " network reads and answers about. onnx-models/README.md lists what belongs there")));
    }

    /**
     * As {@link #TokenModel(Manifest)}, with other facts about its ids, such as more that are suppressed.
     *
     * @throws RefusedException likewise
     */
    public TokenModel(Manifest manifest, TokensSpec tokens) {
        this.manifest = manifest;
        this.tokens = tokens;
        if (tokens.corruption().equals("absorbing") && tokens.mask().isEmpty()) {
            throw new RefusedException("tokens.corruption is absorbing, and tokens.mask is missing: say which id is the"
                    + " mask; the tokenizer's own file lists its special ids");
        }
        if (!List.of("none", "t", "sigma").contains(tokens.time())) {
            throw new RefusedException("tokens.time is " + tokens.time() + ", and a canvas knows its share of masks: t,"
                    + " sigma or none. Export the network with one of them");
        }
        if (Stream.of("denoiser", "prior", "reduced").noneMatch(manifest.networks()::containsKey)) {
            throw new RefusedException("the manifest names no network of the role denoiser: it has "
                    + manifest.networks().keySet());
        }
    }

    /** What the manifest says of its ids. */
    public TokensSpec tokens() {
        return tokens;
    }

    /** The ids. */
    public Vocabulary vocabulary() {
        return new Vocabulary() {
            @Override
            public int size() {
                return tokens.vocabulary();
            }

            @Override
            public int mask() {
                return tokens.mask().orElse(-1);
            }

            @Override
            public boolean ends(int id) {
                return tokens.ends().contains(id);
            }
        };
    }

    /** The process of a request with this many open positions. */
    public TokenProcess process(int open) {
        boolean absorbing = !tokens.corruption().equals("uniform");
        return new TokenProcess() {
            @Override
            public boolean absorbing() {
                return absorbing;
            }

            @Override
            public int open() {
                return open;
            }
        };
    }

    /**
     * The role of the cheapest network that answers the question; empty where none does.
     *
     * @param guided whether rows with and without the prompt are to be combined, which needs logits
     */
    public Optional<String> role(Query query, boolean guided) {
        boolean hides = never(query).length > 0;
        boolean first = !tokens.beginSuppress().isEmpty();
        return ROLES.stream()
                .filter(manifest.networks()::containsKey)
                .filter(role -> {
                    NetworkSpec n = manifest.networks().get(role);
                    return Form.of(n).answers(n, query, guided, hides, first);
                })
                .findFirst();
    }

    NetworkSpec network(String role) {
        return manifest.networks().get(role);
    }

    /** Ids never answered, rising: the manifest's, the question's, and the mask, whose settling would settle nothing. */
    int[] never(Query query) {
        return rising(IntStream.concat(always(), IntStream.of(query.without())));
    }

    /** Those of the first open position: more by the manifest's begin-suppressed. */
    int[] neverFirst(Query query) {
        return rising(IntStream.concat(
                IntStream.concat(always(), IntStream.of(query.without())),
                tokens.beginSuppress().stream().mapToInt(Integer::intValue)));
    }

    private IntStream always() {
        return IntStream.concat(
                tokens.suppress().stream().mapToInt(Integer::intValue),
                tokens.mask().stream().filter(m -> m < tokens.vocabulary()));
    }

    private static int[] rising(IntStream ids) {
        return ids.distinct().sorted().toArray();
    }
}
