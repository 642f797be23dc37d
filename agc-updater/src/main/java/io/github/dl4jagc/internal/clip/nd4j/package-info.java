/**
 * Clipping with ND4J operations; {@link io.github.dl4jagc.internal.clip.nd4j.Nd4jUnitClipper} alone
 * is public.
 */
package io.github.dl4jagc.internal.clip.nd4j;
