/** SameDiff: gives the updaters of a graph weights and units to clip against. */
package io.github.dl4jagc.internal.samediff;
