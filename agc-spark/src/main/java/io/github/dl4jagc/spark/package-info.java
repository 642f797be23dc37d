/**
 * Adaptive gradient clipping in Deeplearning4j's Spark training: {@link
 * io.github.dl4jagc.spark.AgcSparkListener} binds on the workers, as {@link
 * io.github.dl4jagc.AgcListener} does, and brings the figures back to the driver.
 */
package io.github.dl4jagc.spark;
