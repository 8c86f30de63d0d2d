const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 120;
const HEIGHT = 26;
const POINTS = 60;

// A small line of the latest values; the numbers beside it are the accessible equivalent.
export function sparkline(values) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "polyline");
  const top = Math.max(1, ...values);
  const start = POINTS - values.length;
  line.setAttribute("points", values
    .map((value, i) => `${(((start + i) * WIDTH) / (POINTS - 1)).toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`)
    .join(" "));
  svg.append(line);
  return svg;
}
