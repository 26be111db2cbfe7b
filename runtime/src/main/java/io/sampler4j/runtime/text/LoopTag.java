package io.sampler4j.runtime.text;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.LengthLimitingStringBuilder;
import com.hubspot.jinjava.util.ObjectIterator;
import com.hubspot.jinjava.util.ObjectTruthValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Jinja's {@code for}: with a condition, an {@code else}, and variables of its own in each turn, none of which jinjava's
 * has. One for each rendering, whose turns it counts over all loops.
 */
final class LoopTag implements Tag {
    /** Turns of all loops of a rendering, and members of a list. */
    static final int MOST = 100_000;

    private static final long serialVersionUID = 1;
    private static final Pattern HEAD = Pattern.compile("\\(?([\\w\\s,]+?)\\)?\\s+in\\s+(.+)", Pattern.DOTALL);

    private int turns;

    @Override
    public String getName() {
        return "for";
    }

    @Override
    public String interpret(TagNode node, JinjavaInterpreter in) {
        TagToken token = (TagToken) node.getMaster();
        Matcher head = HEAD.matcher(token.getHelpers().strip());
        if (!head.matches())
            throw failed("a for needs names in a list: " + token.getHelpers().strip(), node);
        String[] names = head.group(1).strip().split("\\s*,\\s*");
        String[] parts = condition(head.group(2));
        if (parts[0].endsWith(" recursive")) throw failed("recursive loops are not supported", node);
        List<Object> values = values(in.resolveELExpression(parts[0], node.getLineNumber()), in, node);
        if (parts[1] != null) values = where(parts[1], names, values, in, node);
        return turns(names, values, in, node);
    }

    private String turns(String[] names, List<Object> values, JinjavaInterpreter in, TagNode node) {
        LengthLimitingStringBuilder text =
                new LengthLimitingStringBuilder(in.getConfig().getMaxOutputSize());
        int otherwise = otherwise(node.getChildren());
        List<Node> body = node.getChildren().subList(0, otherwise);
        if (values.isEmpty() && otherwise < node.getChildren().size()) {
            for (Node child :
                    node.getChildren().subList(otherwise + 1, node.getChildren().size())) {
                text.append(child.render(in).getValue());
            }
        }
        Loop loop = new Loop(values);
        while (loop.hasNext()) {
            if (++turns > MOST) throw failed("its loops take more than " + MOST + " turns", node);
            Object value = loop.next();
            try (JinjavaInterpreter.InterpreterScopeClosable scope = in.enterScope()) {
                in.getContext().put("loop", loop);
                bind(names, value, in, node);
                for (Node child : body) {
                    text.append(child.render(in).getValue());
                    if (loop.isContinued()) break;
                }
            }
        }
        return text.toString();
    }

    private List<Object> where(
            String condition, String[] names, List<Object> values, JinjavaInterpreter in, TagNode node) {
        List<Object> kept = new ArrayList<>();
        for (Object value : values) {
            if (++turns > MOST) throw failed("its loops take more than " + MOST + " turns", node);
            try (JinjavaInterpreter.InterpreterScopeClosable scope = in.enterScope()) {
                bind(names, value, in, node);
                if (ObjectTruthValue.evaluate(in.resolveELExpression(condition, node.getLineNumber()))) kept.add(value);
            }
        }
        return kept;
    }

    private static List<Object> values(Object collection, JinjavaInterpreter in, TagNode node) {
        List<Object> values = new ArrayList<>();
        if (collection instanceof CharSequence text) {
            text.codePoints().forEach(c -> values.add(Character.toString(c)));
            return values;
        }
        Iterator<?> all = ObjectIterator.getLoop(collection);
        while (all.hasNext()) {
            if (values.size() == MOST) throw failed("a list of more than " + MOST, node);
            values.add(in.wrap(all.next()));
        }
        return values;
    }

    private static void bind(String[] names, Object value, JinjavaInterpreter in, TagNode node) {
        if (names.length == 1) {
            in.getContext().put(names[0], value);
            return;
        }
        if (!(value instanceof List<?> parts) || parts.size() != names.length) {
            throw failed("cannot unpack a value into " + Arrays.toString(names), node);
        }
        for (int i = 0; i < names.length; i++) in.getContext().put(names[i], parts.get(i));
    }

    /** The list, and what stands behind the first {@code if} outside of quotes and brackets, or null. */
    private static String[] condition(String expression) {
        int depth = 0;
        char quote = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (quote != 0) {
                if (c == '\\') i++;
                else if (c == quote) quote = 0;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && expression.startsWith(" if ", i)) {
                return new String[] {
                    expression.substring(0, i).strip(),
                    expression.substring(i + 4).strip()
                };
            }
        }
        return new String[] {expression.strip(), null};
    }

    private static int otherwise(List<Node> children) {
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i) instanceof TagNode tag && tag.getName().equals("else")) return i;
        }
        return children.size();
    }

    private static InterpretException failed(String why, TagNode node) {
        return new InterpretException(why, node.getLineNumber(), node.getStartPosition());
    }
}
