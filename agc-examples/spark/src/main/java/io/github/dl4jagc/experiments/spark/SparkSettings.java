package io.github.dl4jagc.experiments.spark;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** What Spark is told before it starts, wherever spark-submit has not told it otherwise. */
final class SparkSettings {

  private static final String DEFAULT_MASTER = "local[2]";
  private static final String EXECUTOR_FLAGS = "spark.executor.extraJavaOptions";

  /** Without these DL4J's parameter server can lose its publications on a busy machine. */
  private static final Map<String, String> AERON =
      Map.of(
          "aeron.publication.unblock.timeout", "45s",
          "aeron.dir.delete.on.shutdown", "true");

  private SparkSettings() {}

  static SparkConf of(Optional<String> master) {
    SparkConf conf = new SparkConf(); // reads what spark-submit has set
    master.ifPresent(conf::setMaster);
    conf.setIfMissing("spark.master", DEFAULT_MASTER);
    conf.setIfMissing("spark.app.name", "agc-spark");
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    String[] jar = JavaSparkContext.jarOfClass(SparkSettings.class);
    if (jar != null && jar.length > 0 && !conf.contains("spark.jars")) {
      conf.setJars(jar);
    }
    StringBuilder flags = new StringBuilder(conf.get(EXECUTOR_FLAGS, ""));
    AERON.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value); // for the driver, whose JVM runs already
          }
          if (flags.indexOf(name) < 0) {
            flags.append(" -D").append(name).append('=').append(value);
          }
        });
    return conf.set(EXECUTOR_FLAGS, flags.toString().trim());
  }
}
