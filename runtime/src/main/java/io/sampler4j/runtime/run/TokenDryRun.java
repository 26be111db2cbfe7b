package io.sampler4j.runtime.run;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import java.util.Arrays;
import java.util.OptionalInt;

/** A sampler run on answers that mean nothing, to find how often it asks. */
final class TokenDryRun {
    private TokenDryRun() {}

    /** Evaluations for a canvas of so many masked positions; empty where they depend on how sure the network is. */
    static OptionalInt evaluations(TokenSampler sampler, TokenGrid grid, TokenModel model, int positions) {
        int unsure = count(sampler, grid, model, positions, .01), sure = count(sampler, grid, model, positions, .999);
        return unsure == sure ? OptionalInt.of(sure) : OptionalInt.empty();
    }

    private static int count(TokenSampler sampler, TokenGrid grid, TokenModel model, int positions, double sureness) {
        int mask = model.tokens().mask().orElse(-1);
        int[] ids = new int[positions];
        Arrays.fill(ids, mask);
        Answers answers = new Answers(model.vocabulary(), sureness);
        HostCanvas canvas = new HostCanvas(0, 0, mask, HostCanvas.Saved.of(ids, mask), () -> {}, new Cancellation());
        Reasons.guarded(() -> sampler.sample(answers, grid, canvas, canvas));
        return answers.calls;
    }

    private static final class Answers implements TokenDenoiser {
        private final Vocabulary vocabulary;
        private final double sureness;
        private int calls;

        Answers(Vocabulary vocabulary, double sureness) {
            this.vocabulary = vocabulary;
            this.sureness = sureness;
        }

        @Override
        public Vocabulary vocabulary() {
            return vocabulary;
        }

        @Override
        public boolean answers(Query query) {
            return true;
        }

        /** The first id that does not end anything; each row as sure as the others, so that ranks follow positions. */
        @Override
        public void predict(Canvas x, Rows rows) {
            calls++;
            int id = 0;
            while (id < vocabulary.size() - 1 && vocabulary.ends(id)) id++;
            for (int i = 0; i < rows.size(); i++) {
                rows.answer(i, id, sureness);
                rows.runnerUp(i, (1 - sureness) / 2);
                rows.entropy(i, -Math.log(sureness));
                rows.given(i, Math.log(sureness));
            }
        }
    }
}
