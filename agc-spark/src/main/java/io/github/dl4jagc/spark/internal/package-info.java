/** Not for use by other code: may change at any time. */
package io.github.dl4jagc.spark.internal;
