package io.github.dl4jagc;

import static io.github.dl4jagc.internal.check.Troubleshooting.BAD_ARGUMENT;

import io.github.dl4jagc.internal.check.JsonFields;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The options of adaptive gradient clipping, without an updater: what {@link Agc#apply(
 * org.deeplearning4j.nn.api.Model, AgcSettings)} and {@code Agc.wrap} take, and what an {@link
 * AgcGradientNormalization} has besides its inner updater.
 *
 * <pre>{@code
 * AgcSettings settings = AgcSettings.builder().clippingThreshold(0.02).excludeOutputLayer(true).build();
 * }</pre>
 *
 * <p>Immutable. Settings are equal if all options are.
 *
 * @serial exclude
 */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.ANY,
    getterVisibility = JsonAutoDetect.Visibility.NONE)
public final class AgcSettings implements Serializable, Cloneable {

  private static final long serialVersionUID = 1L;

  /** Default clipping threshold, {@value}: the paper's for batch sizes of 1024 to 4096. */
  public static final double DEFAULT_CLIPPING_THRESHOLD = 0.01;

  /** Default floor of the weight norm, {@value}: the paper's. */
  public static final double DEFAULT_EPSILON = 1e-3;

  /** Default floor of the norm of biases and gains where an update ratio is bounded, {@value}. */
  public static final double DEFAULT_BIAS_EPSILON = 1;

  /** The update ratio of those who do not want to choose one, {@value}. */
  public static final double DEFAULT_UPDATE_RATIO = 0.0115;

  /** Default policy for units whose norms are NaN or infinite. */
  public static final NonFiniteGradients DEFAULT_NON_FINITE_GRADIENTS =
      NonFiniteGradients.PASS_THROUGH;

  /** Version of the format in JSON. */
  private static final int FORMAT = 3;

  /** That of 0.2.0, which has no update ratio. */
  private static final int FORMAT_WITHOUT_UPDATE_RATIO = 2;

  private static final String FORMAT_VERSION = "formatVersion";

  private static final String THRESHOLD = "clippingThreshold";

  private static final String RATIO = "updateRatio";

  private static final Bound DEFAULT_THRESHOLD =
      Bound.of(Bound.Kind.CLIPPING_THRESHOLD, DEFAULT_CLIPPING_THRESHOLD);

  /** The end of a field's name whose number is given by a schedule. */
  private static final String SCHEDULE = "Schedule";

  private static final SortedMap<Integer, List<String>> FIELDS_BY_FORMAT = new TreeMap<>();

  static {
    List<String> fields =
        List.of(
            FORMAT_VERSION,
            "inner",
            THRESHOLD,
            THRESHOLD + SCHEDULE,
            "epsilon",
            "excludeOutputLayer",
            "excludeLayers",
            "nonFiniteGradients",
            "observeOnly",
            "startIteration",
            "excludeKinds",
            "excludeOutputWeights",
            "weightDecay");
    FIELDS_BY_FORMAT.put(FORMAT_WITHOUT_UPDATE_RATIO, fields);
    List<String> all = new ArrayList<>(fields);
    all.addAll(List.of(RATIO, RATIO + SCHEDULE, "biasEpsilon"));
    FIELDS_BY_FORMAT.put(FORMAT, all);
  }

  // What a builder has set, which has its settings to itself.

  /** {@code null}: the default, or an update ratio alone. */
  @JsonIgnore Bound clippingThreshold;

  /** {@code null}: none. */
  @JsonIgnore Bound updateRatio;

  double epsilon = DEFAULT_EPSILON;

  /** NaN: the default. */
  @JsonIgnore double biasEpsilon = Double.NaN;

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

  AgcSettings requireConsistent() {
    if (updateRatio == null && !Double.isNaN(biasEpsilon)) {
      throw BAD_ARGUMENT.argument(
          "biasEpsilon is the floor that updateRatio has for biases, got {} without an updateRatio;"
              + " set one, or epsilon, the floor of all parameters beside a clippingThreshold",
          biasEpsilon);
    }
    return this;
  }

  /** For configurations that are read from JSON. */
  static AgcSettings fromJson(JsonFields json) {
    int format = json.requireFormat(FORMAT_VERSION, FIELDS_BY_FORMAT);
    Builder builder =
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
    Bound ratio = has(json, RATIO) ? bound(json, Bound.Kind.UPDATE_RATIO, false) : null;
    builder.options.updateRatio = ratio;
    if (ratio == null || has(json, THRESHOLD)) {
      boolean isOld = format == FORMAT_WITHOUT_UPDATE_RATIO;
      Bound threshold = bound(json, Bound.Kind.CLIPPING_THRESHOLD, isOld);
      // The default, which is always written, gives way to an update ratio that is set later.
      boolean isSet = ratio != null || !threshold.equals(DEFAULT_THRESHOLD);
      builder.options.clippingThreshold = isSet ? threshold : null;
    }
    if (json.has("biasEpsilon")) {
      builder.biasEpsilon(json.value("biasEpsilon", Double.class));
    }
    return builder.build();
  }

  private static boolean has(JsonFields json, String bound) {
    return json.has(bound) || json.has(bound + SCHEDULE);
  }

  /**
   * @param mayHaveBoth as 0.2.0 wrote the default threshold beside a schedule of thresholds
   */
  private static Bound bound(JsonFields json, Bound.Kind kind, boolean mayHaveBoth) {
    String schedule = kind.option + SCHEDULE;
    if (!json.has(schedule)) {
      return Bound.of(kind, json.value(kind.option, Double.class));
    }
    if (json.has(kind.option)) {
      double number = json.value(kind.option, Double.class);
      if (!mayHaveBoth || number != DEFAULT_CLIPPING_THRESHOLD) {
        throw JsonFields.complaint(
            "must have a number or a schedule, got the {} {} beside a {}",
            kind.option,
            number,
            schedule);
      }
    }
    return Bound.of(kind, json.value(schedule, ISchedule.class));
  }

  /**
   * Starts settings.
   *
   * @return a builder with the defaults of all options
   */
  public static Builder builder() {
    return new AgcSettings().toBuilder();
  }

  /**
   * Starts settings that differ from these in some options. What is excluded can be added to; to
   * exclude less, begin with {@link #builder()}.
   *
   * <pre>{@code
   * AgcSettings stricter = settings.toBuilder().clippingThreshold(0.005).build();
   * }</pre>
   *
   * @return a builder with these options
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * The clipping threshold at an iteration.
   *
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @return the threshold, greater than zero; infinite if an update ratio alone is bounded
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  public double clippingThreshold(int iteration, int epoch) {
    if (clippingThreshold != null) {
      return clippingThreshold.valueAt(iteration, epoch);
    }
    return hasClippingThreshold() ? DEFAULT_CLIPPING_THRESHOLD : Double.POSITIVE_INFINITY;
  }

  /** {@return whether gradients are clipped by a threshold: unless an update ratio alone is set} */
  public boolean hasClippingThreshold() {
    return clippingThreshold != null || updateRatio == null;
  }

  /**
   * The update ratio that is the bound at an iteration.
   *
   * @param iteration the iteration, from 0
   * @param epoch the epoch, from 0
   * @return the ratio, greater than zero; infinite if none is bounded
   * @throws IllegalArgumentException if a schedule gives anything but a finite number above zero
   */
  public double updateRatio(int iteration, int epoch) {
    return updateRatio == null ? Double.POSITIVE_INFINITY : updateRatio.valueAt(iteration, epoch);
  }

  /** {@return whether an update ratio is bounded} */
  public boolean hasUpdateRatio() {
    return updateRatio != null;
  }

  /** {@return the floor of the weight norm} */
  public double epsilon() {
    return epsilon;
  }

  /** {@return the floor of the norm of biases and gains where an update ratio is bounded} */
  public double biasEpsilon() {
    return Double.isNaN(biasEpsilon) ? DEFAULT_BIAS_EPSILON : biasEpsilon;
  }

  /**
   * {@return whether every parameter of the final layer or layers with parameters is left alone}
   */
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

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty(THRESHOLD)
  private Double thresholdInJson() {
    if (clippingThreshold != null) {
      return clippingThreshold.number();
    }
    return hasClippingThreshold() ? DEFAULT_CLIPPING_THRESHOLD : null;
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty(THRESHOLD + SCHEDULE)
  private ISchedule thresholdScheduleInJson() {
    return clippingThreshold == null ? null : clippingThreshold.schedule();
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty(RATIO)
  private Double updateRatioInJson() {
    return updateRatio == null ? null : updateRatio.number();
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty(RATIO + SCHEDULE)
  private ISchedule updateRatioScheduleInJson() {
    return updateRatio == null ? null : updateRatio.schedule();
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty("biasEpsilon")
  private Double biasEpsilonInJson() {
    return hasUpdateRatio() ? (Double) biasEpsilon() : null;
  }

  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    if (hasClippingThreshold()) {
      options.put(THRESHOLD, clippingThreshold == null ? DEFAULT_THRESHOLD : clippingThreshold);
    }
    if (hasUpdateRatio()) {
      options.put(RATIO, updateRatio);
      options.put("biasEpsilon", biasEpsilon());
    }
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
    Builder usable = builder().epsilon(epsilon).nonFiniteGradients(nonFiniteGradients);
    if (clippingThreshold != null && clippingThreshold.number() != null) {
      usable.clippingThreshold(clippingThreshold.number());
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
    return options().entrySet().stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /** Makes {@link AgcSettings}. */
  public static final class Builder extends AgcOptions<Builder> {

    private Builder(AgcSettings settings) {
      super(settings);
    }

    /**
     * The settings.
     *
     * @return new settings with these options
     */
    public AgcSettings build() {
      return settings();
    }
  }
}
