package io.github.dl4jagc.experiments;

import io.github.dl4jagc.report.chart.Table;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

/** What figures depend on besides the options: versions and the machine. */
final class Environment {

  private Environment() {}

  static Table table() {
    return Table.of("what|which")
        .names(2)
        .row(List.of("dl4j-agc", Version.ofThisLibrary()))
        .row(List.of("Deeplearning4j", Version.ofDeeplearning4j()))
        .row(List.of("ND4J backend", Nd4j.getBackend().getClass().getSimpleName()))
        .row(List.of("native threads", "1 for each run")) // see OneNativeThread
        .row(List.of("processors", "" + Runtime.getRuntime().availableProcessors()))
        .row(List.of("JVM", property("java.vm.name") + " " + property("java.vm.version")))
        .row(List.of("operating system", property("os.name") + " " + property("os.arch")))
        .row(List.of("date", "" + OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static String property(String name) {
    return System.getProperty(name);
  }
}
