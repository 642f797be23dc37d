/** The program that trains on handwritten digits with Spark, on one machine or on a cluster. */
package io.github.dl4jagc.experiments.spark;
