package io.sampler4j.runtime.text;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import java.util.ArrayList;
import java.util.List;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner.ScanException;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;

/** Expressions with named arguments that are whole expressions: jinjava takes {@code f(n=a - 1)} for {@code f((n=a) - 1)}. */
final class PythonSyntax extends ExtendedSyntaxBuilder {
    private static final long serialVersionUID = 1;

    PythonSyntax() {
        super(Feature.METHOD_INVOCATIONS, Feature.VARARGS, Feature.IGNORE_RETURN_TYPE);
    }

    @Override
    protected Parser createParser(String expression) {
        return new Arguments(this, expression);
    }

    private static final class Arguments extends ExtendedParser {
        Arguments(Builder context, String input) {
            super(context, input);
        }

        @Override
        protected AstParameters params(Symbol left, Symbol right) throws ScanException, ParseException {
            consumeToken(left);
            List<AstNode> all = new ArrayList<>();
            while (getToken().getSymbol() != right) {
                all.add(argument());
                if (getToken().getSymbol() != Symbol.COMMA) break;
                consumeToken();
            }
            consumeToken(right);
            return createAstParameters(all);
        }

        private AstNode argument() throws ScanException, ParseException {
            if (getToken().getSymbol() != Symbol.IDENTIFIER
                    || !lookahead(0).getImage().equals("=")) return expr(true);
            AstNode name = identifier(consumeToken().getImage());
            return getExtensionHandler(consumeToken()).createAstNode(name, expr(true));
        }
    }
}
