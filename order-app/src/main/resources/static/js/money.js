const formats = new Map();

// "12.90" of EUR in the format of the page's language; amounts are whole minor units.
export function money({ minorUnits, currency }) {
  if (!formats.has(currency)) {
    formats.set(currency, formatOf(currency));
  }
  const format = formats.get(currency);
  return format.format(Number(minorUnits) / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function formatOf(currency) {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency });
  } catch (unknownCurrency) {
    return new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
}

export function times(price, quantity) {
  return { minorUnits: Number(price.minorUnits) * quantity, currency: price.currency };
}
