package dev.platform.order;

/** Finds text below the contrast of WCAG's level AA: 4.5 to 1, or 3 to 1 for large text. */
final class Contrast {

  /** Returns a list of texts with their contrast ratios. */
  static final String SCRIPT =
      """
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
      };
      const luminance = (colour) => {
        const [r, g, b] = colour.slice(0, 3).map((part) => {
          const share = part / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (element) => {
        for (let e = element; e; e = e.parentElement) {
          const colour = rgba(getComputedStyle(e).backgroundColor);
          if (colour[3] > 200) return colour;
        }
        return [255, 255, 255, 255];
      };
      const faint = [];
      for (const element of document.body.querySelectorAll('*')) {
        const own = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
        if (!own || !element.checkVisibility() || element.closest('.unseen') || element.disabled) continue;
        const style = getComputedStyle(element);
        const [a, b] = [luminance(rgba(style.color)), luminance(ground(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)}: ${own}`);
      }
      return faint;
      """;

  private Contrast() {}
}
