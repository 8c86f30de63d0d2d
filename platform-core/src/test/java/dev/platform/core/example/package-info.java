/** What the README shows. */
package dev.platform.core.example;
