package io.sampler4j.runtime.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.interpret.TemplateError.ErrorReason;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.objects.collections.PyList;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import io.sampler4j.api.error.RefusedException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ExpressionFactory;

/**
 * A Jinja template as Hugging Face renders one: blocks trimmed, loop controls, {@code raise_exception}, {@code tojson},
 * {@code strftime_now}, Python's methods of strings and dictionaries. The template is data of unknown origin: it reaches
 * the names in this class and nothing of Java, the file system or the network, and its loops, its recursion and its output
 * are bounded. What jinjava would pass over in silence, such as an unknown filter, fails here. Immutable.
 */
final class Jinja {
    /** Characters of output, and of any string on the way. */
    static final int LONGEST = 1 << 20;

    private static final int DEEPEST = 20;
    private static final Set<String> TAGS = Set.of(
            "for",
            "endfor",
            "if",
            "elif",
            "else",
            "endif",
            "set",
            "endset",
            "macro",
            "endmacro",
            "call",
            "endcall",
            "raw",
            "endraw",
            "break",
            "continue",
            "do",
            "generation",
            "endgeneration");
    private static final Set<String> FILTERS = Set.of(
            "abs",
            "capitalize",
            "count",
            "d",
            "default",
            "dictsort",
            "e",
            "escape",
            "first",
            "float",
            "format",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
            "safe",
            "select",
            "selectattr",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "unique",
            "upper");
    private static final Set<String> TESTS = Set.of(
            "boolean",
            "containing",
            "defined",
            "divisibleby",
            "eq",
            "==",
            "equalto",
            "even",
            "false",
            "float",
            "ge",
            ">=",
            "gt",
            ">",
            "in",
            "integer",
            "iterable",
            "le",
            "<=",
            "lower",
            "lt",
            "<",
            "mapping",
            "ne",
            "!=",
            "none",
            "number",
            "odd",
            "sameas",
            "sequence",
            "string",
            "true",
            "truthy",
            "undefined",
            "upper");
    private static final Set<String> FUNCTIONS = Set.of(":range", ":namespace", ":raise_exception", ":strftime_now");
    /** jinjava's slices have no step, and the one that templates use turns a list round. */
    private static final Pattern REVERSED = Pattern.compile("\\[\\s*:\\s*:\\s*-1\\s*]");

    private final String source;

    /** @throws RefusedException if it is too long; what else is wrong with it is found when it is rendered */
    Jinja(String source) {
        if (source.length() > LONGEST) {
            throw new RefusedException(
                    "the chat template has " + source.length() + " characters, and " + LONGEST + " are the most");
        }
        // Jinja drops one line feed at a template's end, jinjava one at the end of what it renders.
        String ended = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        this.source = REVERSED.matcher(ended).replaceAll("|reverse|list");
    }

    /**
     * Renders it.
     *
     * @param now what {@code strftime_now} formats
     * @throws RefusedException with the template's message, or with what is wrong with it
     */
    String render(Map<String, ?> variables, LocalDateTime now) {
        JinjavaConfig config = JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(LONGEST)
                .withMaxStringLength(LONGEST)
                .withMaxListSize(LoopTag.MOST)
                .withMaxMapSize(LoopTag.MOST)
                .withRangeLimit(LoopTag.MOST)
                .withMaxRenderDepth(DEEPEST)
                .withEnableRecursiveMacroCalls(true)
                .withMaxMacroRecursionDepth(DEEPEST)
                .withDateTimeProvider(() -> now.toInstant(ZoneOffset.UTC).toEpochMilli())
                .withElResolver(resolver())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUsePyishObjectMapper(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withAllowAdjacentTextNodes(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .withKeepNullableLoopValues(true)
                        .withHandleBackslashInQuotesOnly(true)
                        .build())
                .build();
        Names names = new Names(variables);
        JinjavaInterpreter interpreter = new JinjavaInterpreter(new Engine(config, names), names, config) {
            @Override
            public String getAsString(Object value) {
                return value instanceof Boolean b ? b ? "True" : "False" : super.getAsString(value);
            }
        };
        JinjavaInterpreter.pushCurrent(interpreter);
        try {
            String text = interpreter.render(source);
            for (TemplateError e : interpreter.getErrorsCopy()) {
                // A member that is not there is undefined, as in Jinja.
                if (e.getReason() != ErrorReason.UNKNOWN)
                    throw refused(e.getLineno(), e.getException(), e.getMessage());
            }
            return text;
        } catch (RefusedException e) {
            throw e;
        } catch (InterpretException e) {
            throw refused(e.getLineNumber(), e, e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            throw refused(0, e, e.toString());
        } finally {
            JinjavaInterpreter.popCurrent();
        }
    }

    private static CompositeELResolver resolver() {
        CompositeELResolver all = new CompositeELResolver();
        all.add(new PythonResolver());
        all.add(new JinjavaListELResolver(true));
        all.add(new TypeConvertingMapELResolver(true));
        return all;
    }

    private static RefusedException refused(int line, Throwable cause, String message) {
        for (Throwable c = cause; c != null; c = c.getCause()) {
            if (c instanceof Raised) return new RefusedException("the chat template refuses: " + c.getMessage());
        }
        return new RefusedException(
                "the chat template fails" + (line > 0 ? " at line " + line : "") + ": " + message, cause);
    }

    /** What a template says through {@code raise_exception}. */
    private static final class Raised extends RuntimeException {
        private static final long serialVersionUID = 1;

        Raised(String message) {
            super(message);
        }
    }

    static Object raise(String message) {
        throw new Raised(message);
    }

    static Object range(Object... a) {
        long from = a.length > 1 ? whole(a[0]) : 0,
                to = whole(a[a.length > 1 ? 1 : 0]),
                step = a.length > 2 ? whole(a[2]) : 1;
        long n = step == 0 ? Long.MAX_VALUE : Math.max(0, (to - from + step - Long.signum(step)) / step);
        if (n > LoopTag.MOST)
            throw new ELException("a range of more than " + LoopTag.MOST + " numbers, or none at all");
        return new PyList(
                LongStream.range(0, n).mapToObj(i -> (Object) (from + i * step)).collect(Collectors.toList()));
    }

    private static int whole(Object number) {
        if (number instanceof Number n) return n.intValue();
        throw new ELException("range takes whole numbers, not " + number);
    }

    static Object now(String format) {
        long millis = JinjavaInterpreter.getCurrent()
                .getConfig()
                .getDateTimeProvider()
                .getCurrentTimeMillis();
        return StrftimeFormatter.format(
                java.time.Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC), format, Locale.ENGLISH);
    }

    /** jinjava with our syntax, whose global names are ours as well. */
    private static final class Engine extends Jinjava {
        private final Names names;
        private final ExpressionFactory expressions = new ExpressionFactoryImpl(
                new TreeStore(new PythonSyntax(), new Cache(1000)), new TruthyTypeConverter());

        Engine(JinjavaConfig config, Names names) {
            super(config);
            this.names = names;
        }

        @Override
        public ExpressionFactory getExpressionFactory() {
            return expressions;
        }

        @Override
        public Context getGlobalContext() {
            return names;
        }
    }

    /** The names a template may use, and no others. */
    private static final class Names extends Context {
        Names(Map<String, ?> variables) {
            super(null, variables);
            // So that a template that asks finds them defined.
            put("raise_exception", "function");
            put("strftime_now", "function");
            registerTag(new LoopTag());
            registerTag(new GenerationTag());
            registerFilter(new ToJson());
            registerFilter(new Items());
            registerFunction(new ELFunctionDefinition("", "range", Jinja.class, "range", Object[].class));
            registerFunction(new ELFunctionDefinition("", "raise_exception", Jinja.class, "raise", String.class));
            registerFunction(new ELFunctionDefinition("", "strftime_now", Jinja.class, "now", String.class));
        }

        @Override
        public Tag getTag(String name) {
            return TAGS.contains(name) ? super.getTag(name) : null;
        }

        @Override
        public Filter getFilter(String name) {
            return known("filter", name, FILTERS.contains(name) ? super.getFilter(name) : null);
        }

        @Override
        public ExpTest getExpTest(String name) {
            return known("test", name, TESTS.contains(name) ? super.getExpTest(name) : null);
        }

        @Override
        public Collection<ELFunctionDefinition> getAllFunctions() {
            return super.getAllFunctions().stream()
                    .filter(f -> FUNCTIONS.contains(f.getName()))
                    .toList();
        }

        private static <T> T known(String kind, String name, T found) {
            if (found == null) throw new InterpretException("there is no " + kind + " \"" + name + "\" here", -1, -1);
            return found;
        }
    }
}
