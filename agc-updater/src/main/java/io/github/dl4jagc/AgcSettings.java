package io.github.dl4jagc;

import io.github.dl4jagc.internal.check.Checks;
import io.github.dl4jagc.internal.check.JsonFields;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.schedule.FixedSchedule;
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
public final class AgcSettings implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Default clipping threshold, {@value}: the paper's for batch sizes of 1024 to 4096. */
  public static final double DEFAULT_CLIPPING_THRESHOLD = 0.01;

  /** Default floor of the weight norm, {@value}: the paper's. */
  public static final double DEFAULT_EPSILON = 1e-3;

  /** Default policy for units whose norms are NaN or infinite. */
  public static final NonFiniteGradients DEFAULT_NON_FINITE_GRADIENTS =
      NonFiniteGradients.PASS_THROUGH;

  /** Version of the format in JSON. */
  private static final int FORMAT = 2;

  private static final String FORMAT_VERSION = "formatVersion";

  private static final String THRESHOLD = "clippingThreshold";

  private static final String SCHEDULE = "clippingThresholdSchedule";

  private static final List<String> FIELDS =
      List.of(
          FORMAT_VERSION,
          "inner",
          THRESHOLD,
          SCHEDULE,
          "epsilon",
          "excludeOutputLayer",
          "excludeLayers",
          "nonFiniteGradients",
          "observeOnly",
          "startIteration",
          "excludeKinds",
          "excludeOutputWeights",
          "weightDecay");

  /** A number is a {@link FixedSchedule}. */
  @JsonIgnore private final ISchedule clippingThreshold;

  private final double epsilon;
  private final boolean excludeOutputLayer;
  private final ArrayList<String> excludeLayers;
  private final NonFiniteGradients nonFiniteGradients;
  private final boolean observeOnly;
  private final int startIteration;
  private final EnumSet<ParameterKind> excludeKinds;
  private final boolean excludeOutputWeights;
  private final double weightDecay;

  AgcSettings(AgcOptions<?> options) {
    this.clippingThreshold = options.clippingThreshold;
    this.epsilon = options.epsilon;
    this.excludeOutputLayer = options.excludeOutputLayer;
    this.excludeLayers = new ArrayList<>(options.excludeLayers);
    this.nonFiniteGradients = options.nonFiniteGradients;
    this.observeOnly = options.observeOnly;
    this.startIteration = options.startIteration;
    this.excludeKinds = EnumSet.copyOf(options.excludeKinds);
    this.excludeOutputWeights = options.excludeOutputWeights;
    this.weightDecay = options.weightDecay;
  }

  /** For configurations that are read from JSON. */
  static AgcSettings fromJson(JsonFields json) {
    json.requireFormat(FORMAT_VERSION, FORMAT, FIELDS);
    Builder settings =
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
    if (!json.has(SCHEDULE)) {
      return settings.clippingThreshold(json.value(THRESHOLD, Double.class)).build();
    }
    if (json.has(THRESHOLD) // always written, with a schedule the default
        && json.value(THRESHOLD, Double.class) != DEFAULT_CLIPPING_THRESHOLD) {
      throw JsonFields.complaint(
          "must have one threshold, got the {} {} beside a {}",
          THRESHOLD,
          json.value(THRESHOLD, Double.class),
          SCHEDULE);
    }
    return settings.clippingThreshold(json.value(SCHEDULE, ISchedule.class)).build();
  }

  /**
   * Starts settings.
   *
   * @return a builder with the defaults of all options
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts settings that differ from these in some options.
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
   * @return the threshold, finite and greater than zero
   * @throws IllegalArgumentException if a schedule gives anything else
   */
  public double clippingThreshold(int iteration, int epoch) {
    if (isFixed()) {
      return clippingThreshold.valueAt(iteration, epoch);
    }
    return Checks.clippingThreshold(
        clippingThreshold.valueAt(iteration, epoch),
        () ->
            "clippingThreshold at iteration "
                + iteration
                + ", epoch "
                + epoch
                + " from "
                + clippingThreshold);
  }

  private boolean isFixed() {
    return clippingThreshold instanceof FixedSchedule;
  }

  /** {@return the floor of the weight norm} */
  public double epsilon() {
    return epsilon;
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

  /** In JSON; with a schedule, the default. */
  @JsonProperty(THRESHOLD)
  private double thresholdInJson() {
    return isFixed() ? clippingThreshold.valueAt(0, 0) : DEFAULT_CLIPPING_THRESHOLD;
  }

  @JsonProperty(FORMAT_VERSION)
  private int formatInJson() {
    return FORMAT;
  }

  /** In JSON, if it is no number. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonProperty(SCHEDULE)
  private ISchedule scheduleInJson() {
    return isFixed() ? null : clippingThreshold;
  }

  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("clippingThreshold", isFixed() ? thresholdInJson() : clippingThreshold);
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

    private Builder() {}

    private Builder(AgcSettings settings) {
      clippingThreshold = settings.clippingThreshold;
      epsilon = settings.epsilon;
      excludeOutputLayer = settings.excludeOutputLayer;
      excludeLayers = settings.excludeLayers();
      nonFiniteGradients = settings.nonFiniteGradients;
      observeOnly = settings.observeOnly;
      startIteration = settings.startIteration;
      excludeKinds = settings.excludeKinds.clone();
      excludeOutputWeights = settings.excludeOutputWeights;
      weightDecay = settings.weightDecay;
    }

    /**
     * The settings.
     *
     * @return new settings with these options
     */
    public AgcSettings build() {
      return new AgcSettings(this);
    }
  }
}
