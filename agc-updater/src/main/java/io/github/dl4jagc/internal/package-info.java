/**
 * Implementation details; no part of the public API, and free to change in any release.
 *
 * <p>Three layers that know as little of each other as they can: arithmetic ({@link
 * io.github.dl4jagc.internal.Units}, {@link io.github.dl4jagc.internal.ClippingRule}, {@link
 * io.github.dl4jagc.internal.UnitClipper}) knows arrays but no networks; the reading of networks
 * ({@link io.github.dl4jagc.internal.LayerUnits}, {@link
 * io.github.dl4jagc.internal.NetworkParameters}) knows networks but no arithmetic; {@link
 * io.github.dl4jagc.internal.AgcUpdater} and {@link io.github.dl4jagc.internal.GradientClipper}
 * join the two.
 */
package io.github.dl4jagc.internal;
