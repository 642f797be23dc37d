/** Units: which dimensions of an array tell its output units apart. */
package io.github.dl4jagc.internal.units;
