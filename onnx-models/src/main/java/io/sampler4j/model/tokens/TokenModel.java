package io.sampler4j.model.tokens;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.TokenProcess;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.model.ClassesSpec;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Signature;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
        if (tokens.attention().equals("causal") && tokens.shift() != 1) {
            throw new RefusedException(
                    "tokens.attention is causal and tokens.shift is " + tokens.shift()
                            + ": a network that sees what is before it alone answers about the next position, which is shift 1");
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
                return tokens.answered();
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
        boolean hides = never(query).length > 0 || tokens.answered() < tokens.vocabulary();
        boolean first = !tokens.beginSuppress().isEmpty();
        return ROLES.stream()
                .filter(manifest.networks()::containsKey)
                .filter(role -> {
                    NetworkSpec n = manifest.networks().get(role);
                    Form form = Form.of(n);
                    return form.answers(n, query, guided, hides, first) && (!causal() || form == Form.LOGITS);
                })
                .findFirst();
    }

    /** Whether answers depend on what is before them alone, so that a canvas is filled from its beginning. */
    public boolean causal() {
        return tokens.attention().equals("causal");
    }

    /**
     * What stands before the codes of a picture: the begin id, then the class, as an id or as an input.
     *
     * @param group the class asked for; empty for none in particular
     * @throws RefusedException if there is no such class, or one must be said
     */
    public Front front(OptionalInt group) {
        int count = manifest.classes().map(c -> c.names().size()).orElse(0);
        OptionalInt none = manifest.classes().map(ClassesSpec::nullClass).orElse(OptionalInt.empty());
        boolean input =
                manifest.networks().values().stream().anyMatch(n -> n.inputs().containsKey("class"));
        boolean classes = input || tokens.classFrom().isPresent();
        if (group.isPresent() && !classes) {
            throw new RefusedException(
                    "the class " + group.getAsInt() + " was asked for, and this model draws no classes");
        }
        if (group.isPresent()
                && (group.getAsInt() < 0 || group.getAsInt() >= count && group.getAsInt() != none.orElse(-1))) {
            throw new RefusedException("there is no class " + group.getAsInt() + ": there are " + count + ", from 0");
        }
        OptionalInt asked = group.isPresent() ? group : none;
        if (classes && asked.isEmpty()) {
            throw new RefusedException(
                    "the model has no class that means none (classes.null): say --class, from 0 to " + (count - 1));
        }
        IntStream begin = tokens.begin().stream();
        if (!classes || input) {
            List<Integer> ids = begin.boxed().toList();
            OptionalInt all = input ? asked : OptionalInt.empty();
            return new Front(ids, List.of(), all, input ? none : OptionalInt.empty());
        }
        List<Integer> first = begin.boxed().toList();
        int from = tokens.classFrom().getAsInt();
        return new Front(
                behind(first, from + asked.getAsInt()),
                none.isPresent() ? behind(first, from + none.getAsInt()) : List.of(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    private static List<Integer> behind(List<Integer> first, int last) {
        return Stream.concat(first.stream(), Stream.of(last)).toList();
    }

    /**
     * How a picture of so many codes is seen.
     *
     * @throws RefusedException if this network cannot draw it
     */
    public Raster raster(int rows, int columns) {
        List<Integer> own = tokens.shape();
        if (own.size() != 2) {
            throw new RefusedException("tokens.shape is " + own
                    + ", and a picture of codes has [rows, columns]: the manifest must say how they lie");
        }
        Raster raster = new Raster(rows, columns, own.get(0), own.get(1));
        if (raster.slides() && !causal()) {
            throw new RefusedException("the network looks both ways over " + own.get(0) + "x" + own.get(1)
                    + " codes, and makes no picture of " + rows + "x" + columns
                    + ": a causal one does, by a window that moves along");
        }
        return raster;
    }

    /** Positions that a network answers about of those that it reads: all, or the last ones where its shape says fewer. */
    int answers(Signature signature, NetworkSpec network, int read) {
        List<String> dims = signature
                .output(network.outputs().get("logits"))
                .map(Port::dims)
                .orElse(List.of());
        boolean fixed = dims.size() == 3 && dims.get(1).matches("\\d+");
        return fixed ? Math.min(read, Integer.parseInt(dims.get(1))) : read;
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
                tokens.mask().stream().filter(m -> m < tokens.answered()));
    }

    private static int[] rising(IntStream ids) {
        return ids.distinct().sorted().toArray();
    }
}
