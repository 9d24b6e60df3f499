import * as currencies from 'dinero.js/currencies';

/** ISO 4217 gives two minor units to the ouguiya and the ariary, whose real subunits are fifths. */
const ISO_EXPONENT_OF_BASE_FIVE = 2;

/** Table of ISO 4217 code -> minor units, from the data of dinero.js. */
export function generateCurrencies(): string {
  const rows = Object.values(currencies)
    .map(({ code, base, exponent }) => [code, base === 10 ? exponent : ISO_EXPONENT_OF_BASE_FIVE] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, digits]) => `  ['${code}', ${digits}],`);
  return `// Generated from the ISO 4217 table of dinero.js by tools/contracts. Do not edit; run \`npm run generate\`.

/** ISO 4217 alphabetic code -> digits after the decimal point. */
export const MINOR_UNITS: ReadonlyMap<string, number> = new Map([
${rows.join('\n')}
]);
`;
}
