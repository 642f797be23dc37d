package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.JsonFields;
import java.io.Serializable;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The options of adaptive gradient clipping, without an updater: what {@link Agc#apply(
 * org.deeplearning4j.nn.api.Model, AgcSettings)} and {@code Agc.wrap} take, and what an {@link
 * AgcGradientNormalization} has besides its inner updater. {@link AgcOptions} says what each means.
 * Immutable. Settings are equal if all options are.
 *
 * @serial exclude
 */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class AgcSettings implements Serializable, Cloneable {

  private static final long serialVersionUID = 1L;

  /** Default clipping threshold, {@value}: the paper's for batch sizes of 1024 to 4096. */
  public static final double DEFAULT_CLIPPING_THRESHOLD = 0.01;

  /** Default floor of the weight norm for a clipping threshold, {@value}: the paper's. */
  public static final double DEFAULT_EPSILON = 1e-3;

  /** Default floor of the norm of weights where an update ratio is bounded, {@value}. */
  public static final double DEFAULT_WEIGHT_EPSILON = 0.1;

  /** Default floor of the norm of biases and gains where an update ratio is bounded, {@value}. */
  public static final double DEFAULT_BIAS_EPSILON = 1;

  /** The update ratio of those who do not want to choose one, {@value}. */
  public static final double DEFAULT_UPDATE_RATIO = 0.02;

  /** Default policy for units whose norms are NaN or infinite. */
  public static final NonFiniteGradients DEFAULT_NON_FINITE_GRADIENTS =
      NonFiniteGradients.PASS_THROUGH;

  /** Version of the format in JSON. */
  private static final int FORMAT = 3;

  /** That of 0.2.0, which has no update ratio. */
  private static final int FORMAT_WITHOUT_UPDATE_RATIO = 2;

  private static final String FORMAT_VERSION = "formatVersion";

  /** The end of a field's name whose number is given by a schedule. */
  private static final String SCHEDULE = "Schedule";

  private static final Set<String> FIELDS_OF_UPDATE_RATIO =
      Set.of("updateRatio", "updateRatio" + SCHEDULE, "weightEpsilon", "biasEpsilon");

  // As they are in JSON. What is null is not set: of each bound there is a number or a schedule.

  Double clippingThreshold;
  ISchedule clippingThresholdSchedule;
  Double updateRatio;
  ISchedule updateRatioSchedule;
  double epsilon = DEFAULT_EPSILON;
  Double weightEpsilon;
  Double biasEpsilon;
  boolean excludeOutputLayer;
  LinkedHashSet<String> excludeLayers = new LinkedHashSet<>();
  NonFiniteGradients nonFiniteGradients = DEFAULT_NON_FINITE_GRADIENTS;
  boolean observeOnly;
  int startIteration;
  EnumSet<ParameterKind> excludeKinds = EnumSet.noneOf(ParameterKind.class);
  boolean excludeOutputWeights;
  double weightDecay;

  private AgcSettings() {}

  AgcSettings copy() {
    AgcSettings copy;
    try {
      copy = (AgcSettings) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
    copy.excludeLayers = new LinkedHashSet<>(excludeLayers);
    copy.excludeKinds = EnumSet.copyOf(excludeKinds);
    return copy;
  }

  /** A copy that is to be changed, in which a default threshold gives way to an update ratio. */
  AgcSettings toChange() {
    AgcSettings copy = copy();
    if (!hasUpdateRatio()
        && copy.clippingThreshold != null
        && copy.clippingThreshold == DEFAULT_CLIPPING_THRESHOLD) {
      copy.clippingThreshold = null;
    }
    return copy;
  }

  /** A copy that is consistent and has the defaults of what depends on other options. */
  AgcSettings complete() {
    AgcSettings copy = copy();
    if (hasUpdateRatio()) {
      copy.weightEpsilon = weightEpsilon();
      copy.biasEpsilon = biasEpsilon();
    } else {
      requireNone("weightEpsilon", weightEpsilon, "weights");
      requireNone("biasEpsilon", biasEpsilon, "biases");
      if (!hasClippingThreshold()) {
        copy.clippingThreshold = DEFAULT_CLIPPING_THRESHOLD;
      }
    }
    BAD_ARGUMENT.require(
        copy.hasClippingThreshold() || epsilon == DEFAULT_EPSILON,
        "epsilon is the floor that clippingThreshold has, got {} with an updateRatio alone; set"
            + " weightEpsilon and biasEpsilon, which are those of updateRatio",
        epsilon);
    return copy;
  }

  private static void requireNone(String name, Double floor, String parameters) {
    BAD_ARGUMENT.require(
        floor == null,
        "{} is the floor that updateRatio has for {}, got {} without an updateRatio; set one, or"
            + " epsilon, the floor of all parameters beside a clippingThreshold",
        name,
        parameters,
        floor);
  }

  /** For configurations that are read from JSON. */
  static AgcSettings fromJson(JsonFields json) {
    boolean isOld =
        json.requireFormat(FORMAT_VERSION, FORMAT_WITHOUT_UPDATE_RATIO, FORMAT) != FORMAT;
    Set<String> known = new HashSet<>(new AgcSettings().options().keySet());
    known.addAll(Set.of(FORMAT_VERSION, "inner"));
    if (isOld) {
      known.removeAll(FIELDS_OF_UPDATE_RATIO);
    }
    json.requireOnly(known);
    AgcOptions<AgcSettings> builder =
        builder()
            .epsilon(json.value("epsilon", Double.class))
            .excludeOutputLayer(json.value("excludeOutputLayer", Boolean.class))
            .excludeLayers(json.value("excludeLayers", String[].class))
            .nonFiniteGradients(json.value("nonFiniteGradients", NonFiniteGradients.class))
            .observeOnly(json.value("observeOnly", Boolean.class))
            .startIteration(json.value("startIteration", Integer.class))
            .excludeKinds(json.value("excludeKinds", ParameterKind[].class))
            .excludeOutputWeights(json.value("excludeOutputWeights", Boolean.class))
            .weightDecay(json.value("weightDecay", Double.class));
    bound(json, "clippingThreshold", isOld, builder::clippingThreshold, builder::clippingThreshold);
    bound(json, "updateRatio", isOld, builder::updateRatio, builder::updateRatio);
    json.ifPresent("weightEpsilon", Double.class, builder::weightEpsilon);
    json.ifPresent("biasEpsilon", Double.class, builder::biasEpsilon);
    if (!builder.options.hasClippingThreshold() && !builder.options.hasUpdateRatio()) {
      throw json.missing("clippingThreshold");
    }
    return builder.build();
  }

  /**
   * @param isOld 0.2.0 wrote the default threshold beside a schedule of thresholds
   */
  private static void bound(
      JsonFields json,
      String name,
      boolean isOld,
      Consumer<Double> number,
      Consumer<ISchedule> schedule) {
    json.ifPresent(
        name,
        Double.class,
        value -> {
          if (json.has(name + SCHEDULE) && !(isOld && value == DEFAULT_CLIPPING_THRESHOLD)) {
            throw JsonFields.complaint(
                "must have a number or a schedule, got the {} {} beside a {}",
                name,
                value,
                name + SCHEDULE);
          }
          number.accept(value);
        });
    json.ifPresent(name + SCHEDULE, ISchedule.class, schedule);
  }

  /** {@return a builder with the defaults of all options} */
  public static AgcOptions<AgcSettings> builder() {
    return new AgcSettings().toBuilder();
  }

  /**
   * {@return a builder with these options} To exclude less, begin with {@link #builder()}. A
   * threshold of {@value #DEFAULT_CLIPPING_THRESHOLD} gives way to an update ratio.
   */
  public AgcOptions<AgcSettings> toBuilder() {
    return new AgcOptions<>(this, settings -> settings);
  }

  /**
   * {@return the clipping threshold at an iteration; infinite if an update ratio alone is bounded}
   *
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  public double clippingThreshold(int iteration, int epoch) {
    return Bound.CLIPPING_THRESHOLD.valueAt(
        clippingThreshold, clippingThresholdSchedule, iteration, epoch);
  }

  /** {@return whether gradients are clipped by a threshold: unless an update ratio alone is set} */
  public boolean hasClippingThreshold() {
    return clippingThreshold != null || clippingThresholdSchedule != null;
  }

  /**
   * {@return the update ratio that is the bound at an iteration; infinite if none is bounded}
   *
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  public double updateRatio(int iteration, int epoch) {
    return Bound.UPDATE_RATIO.valueAt(updateRatio, updateRatioSchedule, iteration, epoch);
  }

  /** {@return whether an update ratio is bounded} */
  public boolean hasUpdateRatio() {
    return updateRatio != null || updateRatioSchedule != null;
  }

  /** {@return the floor of the weight norm for the clipping threshold} */
  public double epsilon() {
    return epsilon;
  }

  /** {@return the floor of the norm of weights where an update ratio is bounded} */
  public double weightEpsilon() {
    return weightEpsilon == null ? DEFAULT_WEIGHT_EPSILON : weightEpsilon;
  }

  /** {@return the floor of the norm of biases and gains where an update ratio is bounded} */
  public double biasEpsilon() {
    return biasEpsilon == null ? DEFAULT_BIAS_EPSILON : biasEpsilon;
  }

  /** {@return whether the final layer or layers with parameters are left alone} */
  public boolean excludeOutputLayer() {
    return excludeOutputLayer;
  }

  /** {@return whether the weights of the final layer or layers with parameters are left alone} */
  public boolean excludeOutputWeights() {
    return excludeOutputWeights;
  }

  /** {@return the kinds of parameters that are left alone} */
  public Set<ParameterKind> excludeKinds() {
    return Collections.unmodifiableSet(excludeKinds);
  }

  /** {@return the names of the layers that are left alone, and the patterns of such names} */
  public List<String> excludeLayers() {
    return List.copyOf(excludeLayers);
  }

  /** {@return what is done with units whose norms are NaN or infinite} */
  public NonFiniteGradients nonFiniteGradients() {
    return nonFiniteGradients;
  }

  /** {@return whether nothing is ever scaled, only counted} */
  public boolean observeOnly() {
    return observeOnly;
  }

  /** {@return the first iteration, from 0, whose gradients are scaled} */
  public int startIteration() {
    return startIteration;
  }

  /** {@return the coefficient of the weights that are added to the clipped gradient; 0: none} */
  public double weightDecay() {
    return weightDecay;
  }

  @JsonProperty(FORMAT_VERSION)
  private int formatInJson() {
    return FORMAT;
  }

  /** By their names in JSON; {@code null} for what is not set. */
  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("clippingThreshold", clippingThreshold);
    options.put("clippingThreshold" + SCHEDULE, clippingThresholdSchedule);
    options.put("updateRatio", updateRatio);
    options.put("updateRatio" + SCHEDULE, updateRatioSchedule);
    options.put("weightEpsilon", weightEpsilon);
    options.put("biasEpsilon", biasEpsilon);
    options.put("epsilon", epsilon);
    options.put("excludeOutputLayer", excludeOutputLayer);
    options.put("excludeLayers", excludeLayers);
    options.put("nonFiniteGradients", nonFiniteGradients);
    options.put("observeOnly", observeOnly);
    options.put("startIteration", startIteration);
    options.put("excludeKinds", excludeKinds);
    options.put("excludeOutputWeights", excludeOutputWeights);
    options.put("weightDecay", weightDecay);
    return options;
  }

  /** The options that are not the default and mean nothing to an array by itself. */
  Map<String, Object> notForArrays() {
    AgcOptions<AgcSettings> usable =
        builder().epsilon(epsilon).nonFiniteGradients(nonFiniteGradients);
    if (clippingThreshold != null) {
      usable.clippingThreshold(clippingThreshold);
    }
    Map<String, Object> others = options();
    others.entrySet().removeAll(usable.build().options().entrySet());
    return others;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AgcSettings && options().equals(((AgcSettings) other).options());
  }

  @Override
  public int hashCode() {
    return options().hashCode();
  }

  @Override
  public String toString() {
    return options().entrySet().stream()
        .filter(option -> option.getValue() != null)
        .map(Object::toString)
        .collect(Collectors.joining(", "));
  }
}
