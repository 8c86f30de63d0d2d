/** What a payment is and may become: plain Java, no framework, SQL or proto. */
@NullMarked
package dev.platform.payment.domain;

import org.jspecify.annotations.NullMarked;
