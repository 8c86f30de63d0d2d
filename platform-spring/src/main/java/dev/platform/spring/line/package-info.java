/** Which line of Spring Boot an application is on, and whether its starter is made for that one. */
@NullMarked
package dev.platform.spring.line;

import org.jspecify.annotations.NullMarked;
