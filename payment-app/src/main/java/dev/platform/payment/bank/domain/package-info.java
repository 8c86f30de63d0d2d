/** What the simulated bank does: plain Java, no framework, SQL or proto. */
@NullMarked
package dev.platform.payment.bank.domain;

import org.jspecify.annotations.NullMarked;
