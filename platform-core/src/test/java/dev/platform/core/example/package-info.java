/** The README's examples. */
package dev.platform.core.example;
