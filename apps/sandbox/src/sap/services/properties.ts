import type { Property } from '../odata/model.ts';

type Writable = Property['writable'];

/** Strings by name and length. */
export function texts(writable: Writable, lengths: Readonly<Record<string, number>>): Property[] {
  return Object.entries(lengths).map(([name, maxLength]) => ({ name, type: 'Edm.String', maxLength, writable }));
}

export function decimals(
  writable: Writable,
  precision: number,
  scale: number,
  ...names: readonly string[]
): Property[] {
  return names.map((name) => ({ name, type: 'Edm.Decimal', precision, scale, writable }));
}

type Plain = 'Edm.Boolean' | 'Edm.DateTime' | 'Edm.DateTimeOffset' | 'Edm.Time' | 'Edm.Guid' | 'Edm.Int32';

export function plain(writable: Writable, type: Plain, ...names: readonly string[]): Property[] {
  return names.map((name) => ({ name, type, writable }));
}

export function dates(writable: Writable, ...names: readonly string[]): Property[] {
  return plain(writable, 'Edm.DateTime', ...names);
}

export function flags(writable: Writable, ...names: readonly string[]): Property[] {
  return plain(writable, 'Edm.Boolean', ...names);
}

export function instants(...names: readonly string[]): Property[] {
  return plain('never', 'Edm.DateTimeOffset', ...names);
}

/** Properties that a release knows and those before it do not. */
export function since(release: number, properties: readonly Property[]): Property[] {
  return properties.map((property) => ({ ...property, since: release }));
}
