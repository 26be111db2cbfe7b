package io.sampler4j.runtime.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Map;
import jinjava.javax.el.ELException;

/** Hugging Face's {@code tojson}: Python's {@code json.dumps}, with its spaces, without escapes of HTML or of Unicode. */
final class ToJson implements Filter {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter in, Object[] arguments, Map<String, Object> named) {
        Object indent = named.getOrDefault("indent", arguments.length > 1 ? arguments[1] : null);
        for (String name : named.keySet()) {
            if (!name.equals("indent") && !name.equals("ensure_ascii")) {
                throw new ELException("tojson takes indent and ensure_ascii, not " + name);
            }
        }
        try {
            return JSON.writer(printer(indent instanceof Number n ? Math.min(16, n.intValue()) : -1))
                    .writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new ELException("tojson: " + e.getOriginalMessage(), e);
        }
    }

    private static DefaultPrettyPrinter printer(int indent) {
        Spacing between = indent < 0 ? Spacing.AFTER : Spacing.NONE;
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Spacing.AFTER)
                .withObjectEntrySpacing(between)
                .withArrayValueSpacing(between)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
        DefaultPrettyPrinter.Indenter lines =
                indent < 0 ? DefaultPrettyPrinter.NopIndenter.instance : new DefaultIndenter(" ".repeat(indent), "\n");
        printer.indentArraysWith(lines);
        printer.indentObjectsWith(lines);
        return printer;
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter in, String... arguments) {
        return filter(value, in, arguments, Map.of());
    }
}
