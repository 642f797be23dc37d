/**
 * Units: which dimensions of a parameter tell its output units apart, for layers of DL4J and
 * variables of SameDiff.
 */
package io.github.dl4jagc.internal.units;
