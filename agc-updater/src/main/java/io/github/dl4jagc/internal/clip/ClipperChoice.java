package io.github.dl4jagc.internal.clip;

import static io.github.dl4jagc.internal.check.Troubleshooting.CHOICE_OF_THE_IMPLEMENTATION;

import io.github.dl4jagc.internal.check.WarnOnce;
import io.github.dl4jagc.internal.clip.host.HostUnitClipper;
import io.github.dl4jagc.internal.clip.nd4j.Nd4jUnitClipper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the implementation that clips: by where arrays live, or as the system property {@value
 * UnitClipper#PROPERTY} says.
 */
public final class ClipperChoice {

  private static final Logger log = LoggerFactory.getLogger(ClipperChoice.class);

  private ClipperChoice() {}

  public static UnitClipper forTargets(List<ClipTarget> targets, Scratch scratch) {
    String forced = System.getProperty(UnitClipper.PROPERTY);
    if (forced != null && !Set.of("host", "java", "nd4j").contains(forced)) {
      throw CHOICE_OF_THE_IMPLEMENTATION.state(
          "The system property {} must be host, java or nd4j, got {}",
          UnitClipper.PROPERTY,
          forced);
    }
    boolean onHost = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    if (forced != null && !forced.equals("nd4j") && !onHost) {
      throw CHOICE_OF_THE_IMPLEMENTATION.state(
          "The system property {} must be nd4j or unset with the backend {}, got {}: its arrays do"
              + " not live in host memory",
          UnitClipper.PROPERTY,
          backend(),
          forced);
    }
    boolean host = onHost && !"nd4j".equals(forced);
    boolean blas = host && !"java".equals(forced) && HostUnitClipper.hasBlas();
    if (WarnOnce.isDue(CHOICE_OF_THE_IMPLEMENTATION)) {
      log.info(
          "AGC clips {} (backend {})",
          !host ? "with ND4J operations" : "in host memory, with " + (blas ? "BLAS" : "plain Java"),
          backend());
    }
    return host ? hostWhereItCan(targets, blas, scratch) : new Nd4jUnitClipper(targets, scratch);
  }

  private static String backend() {
    return Nd4j.getBackend().getClass().getSimpleName();
  }

  /** ND4J operations take what the host implementation cannot: HALF types and scattered views. */
  private static UnitClipper hostWhereItCan(
      List<ClipTarget> targets, boolean blas, Scratch scratch) {
    List<ClipTarget> general = new ArrayList<>();
    List<ClipTarget> host = new ArrayList<>();
    for (ClipTarget target : targets) {
      (HostUnitClipper.takes(target) ? host : general).add(target);
    }
    HostUnitClipper first = new HostUnitClipper(host, blas);
    if (general.isEmpty()) {
      return first;
    }
    return new BothClippers(first, new Nd4jUnitClipper(general, scratch));
  }

  /** Two implementations for the two halves of a list. */
  private static final class BothClippers implements UnitClipper {
    private final UnitClipper one;
    private final UnitClipper other;

    BothClippers(UnitClipper one, UnitClipper other) {
      this.one = one;
      this.other = other;
    }

    @Override
    public void clip(ClippingRule rule) {
      one.clip(rule);
      other.clip(rule);
    }
  }
}
