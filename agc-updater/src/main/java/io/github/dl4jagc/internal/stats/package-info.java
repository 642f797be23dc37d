/** Statistics: what was counted, by network and parameter. */
package io.github.dl4jagc.internal.stats;
