/**
 * What networks and SameDiff graphs share once their weights and units are known: the updater, what
 * clips for it, and what settings leave alone.
 */
package io.github.dl4jagc.internal.binding;
