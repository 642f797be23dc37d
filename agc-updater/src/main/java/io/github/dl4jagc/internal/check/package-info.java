/** Checks of what users pass in, with messages that lead to the troubleshooting page. */
package io.github.dl4jagc.internal.check;
