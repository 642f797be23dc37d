package io.github.dl4jagc.internal.binding;

import static io.github.dl4jagc.internal.check.Troubleshooting.UNKNOWN_NAME;

import io.github.dl4jagc.AgcSettings;
import io.github.dl4jagc.ParameterKind;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What some settings leave alone in one network or SameDiff graph. */
public final class Exclusions {

  private final AgcSettings settings;
  private final Set<String> outputLayers;

  /** Layers or variables: the names that the patterns of the settings mean. */
  private final Set<String> names = new HashSet<>();

  private Exclusions(
      AgcSettings settings, Set<String> allNames, String whatTheyAre, Set<String> outputLayers) {
    this.settings = settings;
    this.outputLayers = outputLayers;
    for (String pattern : settings.excludeLayers()) {
      Set<String> matching = matching(pattern, allNames);
      UNKNOWN_NAME.require(
          !matching.isEmpty(),
          "excludeLayers must name {}, got \"{}\"; there are {}",
          whatTheyAre,
          pattern,
          allNames);
      names.addAll(matching);
    }
  }

  /**
   * The names that a name or pattern means, with {@code *} for any characters and {@code ?} for any
   * one. A name that exists as it is written is that name and no pattern.
   */
  static Set<String> matching(String pattern, Set<String> names) {
    if (names.contains(pattern)) {
      return Set.of(pattern);
    }
    Pattern regex = Pattern.compile(regex(pattern), Pattern.DOTALL);
    Set<String> matching = new TreeSet<>(names);
    matching.removeIf(name -> !regex.matcher(name).matches());
    return matching;
  }

  /**
   * What stands between two stars is matched as early as it can be and never taken back (atomic
   * groups), which is enough: so no pattern takes a power of the name's length to match.
   */
  private static String regex(String pattern) {
    String[] parts = pattern.replaceAll("\\*+", "*").split("\\*", -1);
    StringBuilder regex = new StringBuilder(literal(parts[0]));
    for (int i = 1; i < parts.length - 1; i++) {
      regex.append("(?>.*?").append(literal(parts[i])).append(")");
    }
    return parts.length == 1 ? regex.toString() : regex + ".*" + literal(parts[parts.length - 1]);
  }

  private static String literal(String part) {
    return Arrays.stream(part.split("\\?", -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("."));
  }

  /**
   * @throws IllegalArgumentException if the settings name a layer that the network does not have
   */
  public static Exclusions in(Set<String> layers, Set<String> outputLayers, AgcSettings settings) {
    return new Exclusions(settings, layers, "layers of the network", outputLayers);
  }

  /**
   * @throws IllegalArgumentException if the settings name no variable that the graph trains, or an
   *     output layer
   */
  public static Exclusions in(Set<String> variables, AgcSettings settings) {
    refuse("excludeOutputLayer", settings.excludeOutputLayer());
    refuse("excludeOutputWeights", settings.excludeOutputWeights());
    return new Exclusions(settings, variables, "variables that the graph trains", Set.of());
  }

  private static void refuse(String option, boolean value) {
    UNKNOWN_NAME.require(
        !value,
        "{} must be false, got true: a SameDiff graph has no layers; name the variables of its"
            + " output in excludeLayers",
        option);
  }

  /** Whether two settings leave the same parameters alone, whatever the network is. */
  public static boolean areTheSame(AgcSettings one, AgcSettings other) {
    return one.excludeOutputLayer() == other.excludeOutputLayer()
        && one.excludeOutputWeights() == other.excludeOutputWeights()
        && one.excludeLayers().equals(other.excludeLayers())
        && one.excludeKinds().equals(other.excludeKinds());
  }

  /** Why a parameter is left alone, as reports say it; {@code null} if it is to be clipped. */
  public String reasonFor(Parameter parameter) {
    if (parameter.untouchable != null) {
      return parameter.untouchable;
    }
    String layer = parameter.statistics.layer;
    ParameterKind kind = parameter.statistics.kind;
    boolean variable = layer.isEmpty(); // of SameDiff, which has no layers
    if (names.contains(variable ? parameter.statistics.parameter : layer)) {
      return variable ? "excluded variable" : "excluded layer";
    }
    boolean output = outputLayers.contains(layer);
    if (output && settings.excludeOutputLayer()) {
      return "output layer";
    }
    if (output && settings.excludeOutputWeights() && kind == ParameterKind.WEIGHT) {
      return "weights of the output layer";
    }
    return settings.excludeKinds().contains(kind) ? "excluded kind" : null;
  }
}
