package io.github.dl4jagc.experiments;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/** What figures depend on besides the options: versions and the machine. */
final class Environment {

  private Environment() {}

  /** Names and values, in the order in which they are to be shown. */
  static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("dl4j-agc", Version.ofThisLibrary());
    facts.put("Deeplearning4j", Version.ofDeeplearning4j());
    facts.put("ND4J backend", Nd4j.getBackend().getClass().getSimpleName());
    facts.put("native threads", "1 for each run"); // see OneNativeThread
    facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put(
        "JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    facts.put(
        "operating system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put(
        "date",
        ZonedDateTime.now()
            .truncatedTo(ChronoUnit.SECONDS)
            .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
    return facts;
  }
}
