// How long ago something was, in words.

const UNITS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

export function ago(seconds) {
  const [size, name] = UNITS.find(([unit]) => seconds >= unit) ?? UNITS.at(-1);
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"} ago`;
}
