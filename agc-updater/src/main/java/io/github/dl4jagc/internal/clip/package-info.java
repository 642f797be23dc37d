/**
 * Clipping: the rule, what is counted, and the choice between the implementations, which are
 * packages of their own. Knows arrays, but no networks.
 */
package io.github.dl4jagc.internal.clip;
