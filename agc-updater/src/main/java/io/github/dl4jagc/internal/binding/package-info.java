/**
 * Binding: all that knows the updaters of DL4J and SameDiff, and gives them weights and units to
 * clip against.
 */
package io.github.dl4jagc.internal.binding;
