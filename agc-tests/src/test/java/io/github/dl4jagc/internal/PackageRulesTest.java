package io.github.dl4jagc.internal;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.ENUMS;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.github.dl4jagc.Agc;
import io.github.dl4jagc.AgcGradientNormalization;
import io.github.dl4jagc.internal.clip.ClipperChoice;
import io.github.dl4jagc.models.NfResNet;
import io.github.dl4jagc.report.AgcReportWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** What each package of the library may import of the library, and what is public in it. */
class PackageRulesTest {

  private static final String API = "io.github.dl4jagc";
  private static final String INTERNAL = API + ".internal.";

  private static final JavaClasses LIBRARY = classesBeside(Agc.class);

  /** By their place, as the tests and the other modules have packages of the same names. */
  private static JavaClasses classesBeside(Class<?>... each) {
    return new ClassFileImporter()
        .importUrls(
            Stream.of(each)
                .map(one -> one.getProtectionDomain().getCodeSource().getLocation())
                .collect(Collectors.toList()));
  }

  /** Networks, binding, statistics, arithmetic, units: each knows those after it alone. */
  @Test
  void dependenciesRunOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("dl4j")
        .definedBy(INTERNAL + "dl4j")
        .layer("samediff")
        .definedBy(INTERNAL + "samediff")
        .layer("binding")
        .definedBy(INTERNAL + "binding")
        .layer("stats")
        .definedBy(INTERNAL + "stats")
        .layer("clip")
        .definedBy(INTERNAL + "clip..")
        .layer("units")
        .definedBy(INTERNAL + "units")
        .layer("check")
        .definedBy(INTERNAL + "check")
        .whereLayer("dl4j")
        .mayOnlyAccessLayers("binding", "stats", "clip", "units", "check")
        .whereLayer("samediff")
        .mayOnlyAccessLayers("binding", "stats", "clip", "units", "check")
        .whereLayer("binding")
        .mayOnlyAccessLayers("stats", "clip", "units", "check")
        .whereLayer("stats")
        .mayOnlyAccessLayers("clip", "check")
        .whereLayer("clip")
        .mayOnlyAccessLayers("units", "check")
        .whereLayer("units")
        .mayOnlyAccessLayers("check")
        .whereLayer("check")
        .mayNotAccessAnyLayer()
        .check(LIBRARY);
  }

  /** Settings, policies, kinds: no class above a package's own floor. */
  @Test
  void ofTheApiInternalClassesKnowWhatNeedsNoneOfThem() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + "(**)")
        .and() // what statistics count is read as an AgcReport, which they alone make
        .resideOutsideOfPackage(INTERNAL + "stats")
        .should()
        .dependOnClassesThat(
            describe(
                "are of the API and need internal packages",
                each ->
                    each.getPackageName().equals(API)
                        && each.getDirectDependenciesFromSelf().stream()
                            .map(dependency -> dependency.getTargetClass().getPackageName())
                            .anyMatch(
                                name ->
                                    name.startsWith(INTERNAL) && !name.equals(INTERNAL + "check"))))
        .check(LIBRARY);
  }

  /** What is internal is used by the updater, and knows it as any other. */
  @Test
  void noInternalClassKnowsTheUpdatersConfiguration() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + "(**)")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(AgcGradientNormalization.class)
        .check(LIBRARY);
  }

  /** What DL4J may move or rename, its next release ever so much. */
  @Test
  void oneInternalPackageNamesClassesOfNetworks() {
    noClasses()
        .that()
        .resideInAPackage(INTERNAL + "(**)")
        .and()
        .resideOutsideOfPackage(INTERNAL + "dl4j")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.deeplearning4j..")
        .check(LIBRARY);
  }

  /**
   * Each is one public class of a package, and the choice alone knows that there is more than one.
   */
  @Test
  void onlyTheChoiceSeesTheImplementationsOfClipping() {
    for (String implementation : new String[] {"clip.host", "clip.nd4j"}) {
      noClasses()
          .that(
              resideOutsideOfPackage(INTERNAL + implementation)
                  .and(not(belongToAnyOf(ClipperChoice.class))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(INTERNAL + implementation)
          .check(LIBRARY);
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + implementation)
          .should()
          .dependOnClassesThat(belongToAnyOf(ClipperChoice.class))
          .check(LIBRARY);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(INTERNAL + "(*)..").should().beFreeOfCycles().check(LIBRARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "units",
        "clip",
        "clip.host",
        "clip.nd4j",
        "stats",
        "binding",
        "dl4j",
        "samediff",
        "check"
      })
  void classesOfAPackageHaveNoCycles(String name) {
    slices().assignedFrom(new Files(INTERNAL + name)).should().beFreeOfCycles().check(LIBRARY);
  }

  /** Each class of a package with those inside of it: what stands in one file. */
  private static final class Files implements SliceAssignment {
    private final String packageName;

    Files(String packageName) {
      this.packageName = packageName;
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass each) {
      return each.getPackageName().equals(packageName)
          ? SliceIdentifier.of(each.getName().replaceFirst("\\$.*", ""))
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "files of " + packageName;
    }
  }

  @Test
  void whatNeedNotBePublicIsNot() {
    JavaClasses users = classesBeside(Agc.class, AgcReportWriter.class, NfResNet.class);
    classes()
        .that()
        .resideInAPackage(INTERNAL + "(**)")
        .and()
        .arePublic()
        .should(beUsedByAnotherPackage())
        .check(users);
    members()
        .that()
        .areDeclaredInClassesThat(
            resideInAPackage(INTERNAL + "(**)").and(not(INTERFACES)).and(not(ENUMS)))
        .and()
        .arePublic()
        .and(areNotInherited())
        .and(areNotConstants())
        .should(beAccessedFromAnotherPackage())
        .check(users);
  }

  private static DescribedPredicate<JavaMember> areNotInherited() {
    return describe(
        "are not inherited",
        member ->
            !(member instanceof JavaCodeUnit)
                || Stream.concat(
                        member.getOwner().getAllRawSuperclasses().stream(),
                        member.getOwner().getAllRawInterfaces().stream())
                    .noneMatch(
                        each ->
                            each.tryGetMethod(
                                    member.getName(),
                                    ((JavaCodeUnit) member)
                                        .getRawParameterTypes().stream()
                                            .map(JavaClass::getName)
                                            .toArray(String[]::new))
                                .isPresent()));
  }

  /** The compiler copies a constant to where it is used, so that nothing tells who uses it. */
  private static DescribedPredicate<JavaMember> areNotConstants() {
    return describe(
        "are not constants",
        member ->
            !(member instanceof JavaField)
                || !member.getModifiers().containsAll(Set.of(STATIC, FINAL))
                || !((JavaField) member).getRawType().isPrimitive());
  }

  private static ArchCondition<JavaClass> beUsedByAnotherPackage() {
    return new ArchCondition<>("be used by another package") {
      @Override
      public void check(JavaClass each, ConditionEvents events) {
        boolean used =
            each.getDirectDependenciesToSelf().stream()
                .map(Dependency::getOriginClass)
                .anyMatch(user -> !user.getPackage().equals(each.getPackage()));
        events.add(
            new SimpleConditionEvent(
                each, used, each.getName() + " is public, but its package alone uses it"));
      }
    };
  }

  private static ArchCondition<JavaMember> beAccessedFromAnotherPackage() {
    return new ArchCondition<>("be accessed from another package") {
      @Override
      public void check(JavaMember each, ConditionEvents events) {
        boolean used =
            each.getAccessesToSelf().stream()
                .map(JavaAccess::getOriginOwner)
                .anyMatch(user -> !user.getPackage().equals(each.getOwner().getPackage()));
        events.add(
            new SimpleConditionEvent(
                each, used, each.getFullName() + " is public, but its package alone uses it"));
      }
    };
  }

  /** Reports go to a sink, whatever that does with them. */
  @Test
  void theLibraryKnowsNoFilesAndNoPages() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(API + ".report..", "java.nio.file..")
        .check(LIBRARY);
  }

  /** It is optional: what writes files and pages goes without. */
  @Test
  void onlyTheTabKnowsTheTrainingUi() {
    noClasses()
        .that()
        .resideOutsideOfPackage(API + ".report.ui")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            API + ".report.ui",
            "org.deeplearning4j.core..",
            "org.deeplearning4j.ui..",
            "io.vertx..")
        .check(classesBeside(Agc.class, AgcReportWriter.class));
  }

  /** What is counted is had from the API alone. */
  @Test
  void reportsKnowNothingOfHowTheyAreCounted() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage(API + ".internal..").and(not(resideInAPackage(INTERNAL + "check"))))
        .check(classesBeside(AgcReportWriter.class));
  }

  @Test
  void noPublishedCodeDependsOnExamples() {
    for (JavaClasses published :
        new JavaClasses[] {
          LIBRARY, classesBeside(AgcReportWriter.class), classesBeside(NfResNet.class)
        }) {
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(API + ".examples..", API + ".experiments..")
          .check(published);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"agc-updater", "agc-report", "agc-models", "agc-spark"})
  void noPublishedModuleBringsExamplesAlong(String module) throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of(System.getProperty("agc.root.directory"), module, "pom.xml").toFile());
    assertThat(
            XPathFactory.newInstance()
                .newXPath()
                .evaluate("//dependency[artifactId='agc-examples']", pom))
        .isEmpty();
  }
}
