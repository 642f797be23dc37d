/**
 * What keeps a training in bounds, one behind the same interface as the other: nothing, what DL4J
 * has, AGC, and others' methods, which are written for the experiments alone.
 */
package io.github.dl4jagc.experiments.clippings;
