package io.sampler4j.runtime.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;

/** Hugging Face's {@code generation}, which marks what an assistant said for training: here it is its body. */
final class GenerationTag implements Tag {
    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
        return "generation";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter in) {
        StringBuilder text = new StringBuilder();
        for (Node child : node.getChildren()) text.append(child.render(in).getValue());
        return text.toString();
    }
}
