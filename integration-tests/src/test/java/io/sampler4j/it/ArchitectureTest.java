package io.sampler4j.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.sampler4j.api.ImplementedBy;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;

/**
 * The arrows of the architecture: plugins -> framework-api <- onnx-models <- runtime <- integration-tests. A class
 * belongs to the Maven module that it was built in, whatever its package is called.
 */
class ArchitectureTest {
    private static final String API_MODULE = "framework-api";
    private static final String KIT = "plugins/kit";
    private static final Set<String> PLUGINS = Set.of(
            "plugins/schedules",
            "plugins/guidance",
            "plugins/ddpm",
            "plugins/ddim",
            "plugins/edm",
            "plugins/rectified-flow",
            "plugins/solvers",
            "plugins/consistency",
            "plugins/score-sde",
            "plugins/dpm-solver",
            "plugins/llada",
            "plugins/vqgan",
            "plugins/nice",
            "plugins/bytes");
    private static final Pattern BUILT_IN =
            Pattern.compile("/(framework-api|onnx-models|runtime|plugins/[^/]+)/target/(?:classes/|[^/]*\\.jar!/)");
    private static final String TEST_JAR = "-tests.jar!/";

    private static final JavaClasses OURS =
            new ClassFileImporter().withImportOption(ArchitectureTest::isOurs).importPackages("io.sampler4j");

    private static final DescribedPredicate<JavaClass> JDK = describe("are of the JDK", type -> {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive()
                || element.getSource()
                        .map(source -> source.getUri().getScheme().equals("jrt"))
                        .orElse(false);
    });

    @Test
    void every_module_is_looked_at() {
        Set<String> modules = new TreeSet<>();
        OURS.forEach(type -> modules.add(moduleOf(type)));

        assertThat(modules).containsAll(PLUGINS).contains(API_MODULE, KIT, "onnx-models", "runtime");
        assertThat(modules).hasSize(PLUGINS.size() + 4);
    }

    @Test
    void the_api_needs_the_jdk_and_the_two_annotations_of_its_contract() {
        classes()
                .that(areBuiltIn(API_MODULE))
                .should()
                .onlyDependOnClassesThat(areBuiltIn(API_MODULE)
                        .or(JDK)
                        .or(resideInAPackage("org.apiguardian.."))
                        .or(named("org.pf4j.ExtensionPoint")))
                .check(OURS);
    }

    @Test
    void a_plugin_sees_the_api_the_jdk_and_pf4j_and_no_other_plugin() {
        DescribedPredicate<JavaClass> allowed = areBuiltIn(API_MODULE).or(JDK).or(resideInAPackage("org.pf4j.."));
        for (String plugin : PLUGINS) {
            classes()
                    .that(areBuiltIn(plugin))
                    .should()
                    .onlyDependOnClassesThat(areBuiltIn(plugin).or(allowed))
                    .check(OURS);
        }
    }

    @Test
    void the_kit_sees_what_a_plugin_sees_and_assertj() {
        classes()
                .that(areBuiltIn(KIT))
                .should()
                .onlyDependOnClassesThat(areBuiltIn(KIT)
                        .or(areBuiltIn(API_MODULE))
                        .or(JDK)
                        .or(resideInAnyPackage("org.pf4j..", "org.apiguardian..", "org.assertj..")))
                .check(OURS);
    }

    @Test
    void onnx_models_knows_neither_the_host_nor_a_plugin() {
        noClasses()
                .that(areBuiltIn("onnx-models"))
                .should()
                .dependOnClassesThat(areBuiltIn("runtime").or(areBuiltInAPlugin()))
                .check(OURS);
    }

    @Test
    void the_host_knows_no_plugin_by_its_classes() {
        noClasses()
                .that(areBuiltIn("runtime"))
                .should()
                .dependOnClassesThat(areBuiltInAPlugin())
                .check(OURS);
    }

    @Test
    void only_one_package_touches_onnx_runtime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sampler4j.onnx..")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."))
                .check(OURS);
    }

    @Test
    void guice_stays_inside_the_host() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sampler4j.runtime..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.google.inject..", "jakarta.inject.."))
                .check(OURS);
    }

    @Test
    void commons_cli_stays_inside_the_command_line() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sampler4j.runtime.cli..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.commons.cli.."))
                .check(OURS);
    }

    @Test
    void only_the_command_line_writes_to_the_standard_streams() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sampler4j.runtime.cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(OURS);
    }

    @Test
    void every_public_type_of_the_api_says_how_stable_it_is_and_who_implements_it() {
        classes()
                .that(areBuiltIn(API_MODULE))
                .and(arePublicThroughout())
                .should()
                .beAnnotatedWith(API.class)
                .andShould()
                .beAnnotatedWith(ImplementedBy.class)
                .check(OURS);
    }

    @Test
    void every_public_type_of_the_kit_says_how_stable_it_is() {
        classes()
                .that(areBuiltIn(KIT))
                .and(arePublicThroughout())
                .should()
                .beAnnotatedWith(API.class)
                .check(OURS);
    }

    @Test
    void a_plugin_has_packages_of_its_own() {
        classes().that(areBuiltInAPlugin()).should(stayOutOfTheApisPackages()).check(OURS);
    }

    /** A plugin's class in a package of the API would be looked for in the host, and not be found. */
    private static ArchCondition<JavaClass> stayOutOfTheApisPackages() {
        Set<String> packages = new TreeSet<>();
        OURS.that(areBuiltIn(API_MODULE)).forEach(type -> packages.add(type.getPackageName()));
        return new ArchCondition<>("stay out of the packages of framework-api") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean outside = !packages.contains(type.getPackageName());
                events.add(new SimpleConditionEvent(type, outside, type.getDescription()));
            }
        };
    }

    private static DescribedPredicate<JavaClass> areBuiltIn(String module) {
        return describe("are built in " + module, type -> moduleOf(type).equals(module));
    }

    private static DescribedPredicate<JavaClass> areBuiltInAPlugin() {
        return describe("are built in a plugin", type -> PLUGINS.contains(moduleOf(type)));
    }

    private static DescribedPredicate<JavaClass> named(String name) {
        return describe("are " + name, type -> type.getName().equals(name));
    }

    /** Seen from outside: neither the type nor one that encloses it is hidden. */
    private static DescribedPredicate<JavaClass> arePublicThroughout() {
        return describe("are public, with all that encloses them", type -> {
            for (JavaClass at = type; at != null; at = at.getEnclosingClass().orElse(null)) {
                if (!at.getModifiers().contains(PUBLIC)) {
                    return false;
                }
            }
            return !type.isAnonymousClass() && !type.isLocalClass();
        });
    }

    private static boolean isOurs(Location location) {
        return BUILT_IN.matcher(location.asURI().toString()).find() && !location.contains(TEST_JAR);
    }

    /** Such as {@code plugins/ddim}; empty for what is not ours. */
    private static String moduleOf(JavaClass type) {
        return type.getBaseComponentType()
                .getSource()
                .map(source -> BUILT_IN.matcher(source.getUri().toString()))
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .orElse("");
    }
}
