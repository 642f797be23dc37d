/**
 * Clipping: the rule, what is counted, and the implementations for host memory and for ND4J
 * operations, of which {@link io.github.dl4jagc.internal.clip.ClipperChoice} chooses one. Knows
 * arrays, but no networks.
 */
package io.github.dl4jagc.internal.clip;
