/** What networks and SameDiff graphs share once their weights and units are known. */
package io.github.dl4jagc.internal.binding;
