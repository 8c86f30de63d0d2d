/**
 * Which caller may make which call: rules, decisions, and the rules that calls seen so far need.
 */
@NullMarked
package dev.platform.core.authorization;

import org.jspecify.annotations.NullMarked;
