/**
 * Clipping in host memory; {@link io.github.dl4jagc.internal.clip.host.HostUnitClipper} alone is
 * public.
 */
package io.github.dl4jagc.internal.clip.host;
