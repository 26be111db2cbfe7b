package io.sampler4j.it.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Writes types as Java without bodies: what is public or protected, in the order of the source. */
final class SignatureWriter {
    private static final Set<String> ANNOTATIONS =
            Set.of("io.sampler4j.api.ImplementedBy", "java.lang.Deprecated", "java.lang.FunctionalInterface");

    private final Elements elements;
    private final Types types;
    private final StringBuilder out = new StringBuilder();

    SignatureWriter(Elements elements, Types types) {
        this.elements = elements;
        this.types = types;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** A top-level type, if it is public. */
    void unit(TypeElement type) {
        if (!visible(type)) return;
        out.append("package ")
                .append(elements.getPackageOf(type).getQualifiedName())
                .append(";\n");
        type(type, "");
        out.append('\n');
    }

    private static boolean visible(Element e) {
        return e.getModifiers().contains(Modifier.PUBLIC) || e.getModifiers().contains(Modifier.PROTECTED);
    }

    private void type(TypeElement type, String indent) {
        for (AnnotationMirror a : type.getAnnotationMirrors()) {
            if (ANNOTATIONS.contains(a.getAnnotationType().toString())) line(indent, annotation(a));
        }
        StringBuilder head = new StringBuilder(modifiers(type));
        head.append(keyword(type)).append(type.getSimpleName()).append(parameters(type.getTypeParameters()));
        if (type.getKind() == ElementKind.RECORD) {
            head.append(joined(
                    "(", ", ", ")", type.getRecordComponents(), c -> name(c.asType()) + " " + c.getSimpleName()));
        }
        TypeMirror parent = type.getSuperclass();
        if (type.getKind() == ElementKind.CLASS && !parent.toString().equals("java.lang.Object")) {
            head.append(" extends ").append(name(parent));
        }
        if (type.getKind() != ElementKind.ANNOTATION_TYPE
                && !type.getInterfaces().isEmpty()) {
            String word = type.getKind() == ElementKind.INTERFACE ? " extends " : " implements ";
            head.append(joined(word, ", ", "", type.getInterfaces(), this::name));
        }
        line(indent, head + " {");
        body(type, indent + "    ");
        line(indent, "}");
    }

    private static String annotation(AnnotationMirror a) {
        return "@" + shortened(a.getAnnotationType().toString())
                + a.getElementValues().values().stream()
                        .map(v -> v.getValue() instanceof VariableElement constant
                                ? "(" + constant.asType() + "." + constant.getSimpleName() + ")"
                                : "(" + v + ")")
                        .collect(Collectors.joining());
    }

    private static String keyword(TypeElement type) {
        return switch (type.getKind()) {
            case INTERFACE -> "interface ";
            case ENUM -> "enum ";
            case RECORD -> "record ";
            case ANNOTATION_TYPE -> "@interface ";
            default -> "class ";
        };
    }

    private void body(TypeElement type, String indent) {
        List<? extends Element> members = type.getEnclosedElements();
        if (type.getKind() == ElementKind.ENUM) {
            List<Element> constants = new ArrayList<>(members);
            constants.removeIf(m -> m.getKind() != ElementKind.ENUM_CONSTANT);
            line(indent, joined("", ", ", ";", constants, c -> c.getSimpleName().toString()));
        }
        boolean constructed = ElementFilter.constructorsIn(members).stream().anyMatch(SignatureWriter::visible);
        if (type.getKind() == ElementKind.CLASS && !constructed) {
            line(indent, "private " + type.getSimpleName() + "() " + constructorBody(type));
        }
        for (Element member : members) {
            if (!visible(member) || !written(member)) continue;
            switch (member.getKind()) {
                case FIELD -> field((VariableElement) member, indent);
                case METHOD -> method((ExecutableElement) member, indent);
                case CONSTRUCTOR -> {
                    if (type.getKind() == ElementKind.CLASS) constructor((ExecutableElement) member, type, indent);
                }
                case CLASS, INTERFACE, ENUM, RECORD, ANNOTATION_TYPE -> type((TypeElement) member, indent);
                default -> {}
            }
        }
    }

    /** The compiler adds members of enums and records by itself, which javac's model does not tell from written ones. */
    private boolean written(Element member) {
        if (!(member instanceof ExecutableElement method)) return true;
        TypeElement type = (TypeElement) member.getEnclosingElement();
        return switch (type.getKind()) {
            case ENUM -> !method.toString().matches("values\\(\\)|valueOf\\(java.lang.String\\)");
            case RECORD ->
                type.getRecordComponents().stream().noneMatch(c -> method.equals(c.getAccessor()))
                        && !method.toString().matches("toString\\(\\)|hashCode\\(\\)|equals\\(java.lang.Object\\)");
            default -> elements.getOrigin(member) == Elements.Origin.EXPLICIT;
        };
    }

    private void field(VariableElement field, String indent) {
        Object constant = field.getConstantValue();
        String value = constant == null ? "null" : elements.getConstantExpression(constant);
        line(indent, modifiers(field) + name(field.asType()) + " " + field.getSimpleName() + " = " + value + ";");
    }

    private void method(ExecutableElement method, String indent) {
        if (elements.isDeprecated(method)) line(indent, "@Deprecated");
        String generics = parameters(method.getTypeParameters());
        String head = modifiers(method) + (generics.isEmpty() ? "" : generics + " ") + name(method.getReturnType())
                + " " + method.getSimpleName() + arguments(method);
        line(indent, head + (method.getModifiers().contains(Modifier.ABSTRACT) ? ";" : " { throw null; }"));
    }

    private void constructor(ExecutableElement constructor, TypeElement type, String indent) {
        String head = modifiers(constructor) + parameters(constructor.getTypeParameters()) + type.getSimpleName();
        line(indent, head + arguments(constructor) + " " + constructorBody(type));
    }

    /** Calls a constructor of the parent where that has none without arguments. */
    private String constructorBody(TypeElement type) {
        TypeElement parent = (TypeElement) ((DeclaredType) type.getSuperclass()).asElement();
        List<ExecutableElement> constructors = ElementFilter.constructorsIn(parent.getEnclosedElements()).stream()
                .filter(c -> !c.getModifiers().contains(Modifier.PRIVATE))
                .toList();
        if (constructors.stream().anyMatch(c -> c.getParameters().isEmpty())) return "{ throw null; }";
        return joined(
                "{ super(",
                ", ",
                "); throw null; }",
                constructors.get(0).getParameters(),
                p -> "(" + name(types.erasure(p.asType())) + ") null");
    }

    private String arguments(ExecutableElement method) {
        StringJoiner all = new StringJoiner(", ", "(", ")");
        for (VariableElement p : method.getParameters()) {
            boolean last =
                    p == method.getParameters().get(method.getParameters().size() - 1);
            String type = name(p.asType());
            if (last && method.isVarArgs()) type = type.substring(0, type.length() - 2) + "...";
            all.add(type + " " + p.getSimpleName());
        }
        String thrown = method.getThrownTypes().isEmpty()
                ? ""
                : joined(" throws ", ", ", "", method.getThrownTypes(), this::name);
        return all + thrown;
    }

    private String parameters(List<? extends TypeParameterElement> parameters) {
        if (parameters.isEmpty()) return "";
        return joined("<", ", ", ">", parameters, p -> {
            List<? extends TypeMirror> bounds = p.getBounds().stream()
                    .filter(b -> !b.toString().equals("java.lang.Object"))
                    .toList();
            return p + (bounds.isEmpty() ? "" : joined(" extends ", " & ", "", bounds, this::name));
        });
    }

    /** Without those that the kind of the type or of its surrounding implies. */
    private static String modifiers(Element e) {
        boolean inInterface = e.getEnclosingElement().getKind().isInterface();
        ElementKind kind = e.getKind();
        return e.getModifiers().stream()
                .filter(m -> !(inInterface && (m == Modifier.PUBLIC || m == Modifier.ABSTRACT)))
                .filter(m -> !(inInterface
                        && !(e instanceof ExecutableElement)
                        && (m == Modifier.STATIC || m == Modifier.FINAL)))
                .filter(m -> !(kind.isInterface() && (m == Modifier.ABSTRACT || m == Modifier.STATIC)))
                .filter(m -> !((kind == ElementKind.ENUM || kind == ElementKind.RECORD)
                        && (m == Modifier.FINAL || m == Modifier.STATIC)))
                .map(m -> m + " ")
                .collect(Collectors.joining());
    }

    private String name(TypeMirror type) {
        return type.getKind() == TypeKind.VOID ? "void" : shortened(type.toString());
    }

    private static String shortened(String text) {
        return text.replaceAll("\\bjava\\.lang\\.(?=[A-Z])", "");
    }

    private static <T> String joined(
            String before, String between, String after, List<? extends T> all, Function<T, String> each) {
        return all.stream().map(each).collect(Collectors.joining(between, before, after));
    }

    private void line(String indent, String text) {
        out.append(indent).append(text).append('\n');
    }
}
