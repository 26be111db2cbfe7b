package io.sampler4j.api.testing;

/**
 * A rule that was found broken.
 *
 * @param rule which
 * @param found what was seen instead
 */
record Broken(Rule rule, String found) {
    @Override
    public String toString() {
        return rule + ": " + rule.text() + "; but " + found;
    }
}
