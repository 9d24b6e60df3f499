import type { LegalEntity, Product } from './scenario.ts';

/** What does not vary by seed. The day is fixed: a month-end of today would differ tomorrow. */
export const MONTH_END = '2026-09-30';
export const FORECAST_VERSIONS = ['Forecast', 'Budget'] as const;

export const ENTITIES: readonly LegalEntity[] = [
  { code: 'US', legalName: 'Calder Instruments Inc.', country: 'US', currency: 'USD', taxPercent: 0 },
  { code: 'DE', legalName: 'Calder Instruments GmbH', country: 'DE', currency: 'EUR', taxPercent: 19 },
];

/** The group's head, in SAP: its code is the company code. The others are regional and in NetSuite. */
export const CORPORATE: LegalEntity = {
  ...{ code: '1010', legalName: 'Calder Instruments SE', country: 'DE', currency: 'EUR', taxPercent: 19 },
};

export interface PricedProduct extends Product {
  /** Cents, in either currency. */
  readonly cents: number;
}

const product = (code: string, name: string, family: string, cents: number): PricedProduct => ({
  code,
  name,
  family,
  description: name,
  cents,
});

export const PRODUCTS: readonly PricedProduct[] = [
  product('PLAT-BASE', 'Measurement platform, base', 'Subscription', 129_900),
  product('PLAT-SEAT', 'Measurement platform, seat', 'Subscription', 4_925),
  product('SENS-RENT', 'Sensor rental, unit and month', 'Subscription', 18_750),
  product('CAL-SITE', 'Calibration on site, day', 'Service', 146_333),
  product('CAL-LAB', 'Calibration in the laboratory, instrument', 'Service', 8_917),
  product('SUP-PREM', 'Premium support, month', 'Support', 59_999),
  product('TRAIN', 'Training, day', 'Service', 110_050),
  product('DATA-API', 'Data interface, month', 'Subscription', 24_901),
];

export const NAMES = {
  first: [
    'Aldgate',
    'Birkenau',
    'Corvin',
    'Dunmore',
    'Elster',
    'Farrow',
    'Gerlach',
    'Hallam',
    'Ingram',
    'Jessen',
    'Kestrel',
    'Lindau',
    'Marlow',
    'Norden',
    'Osprey',
    'Penrose',
    'Quint',
    'Rothwell',
    'Saalfeld',
    'Tamworth',
    'Ulmen',
    'Vester',
    'Wexford',
    'Yarrow',
    'Zeller',
  ],
  second: [
    'Optics',
    'Bearings',
    'Foods',
    'Pharma',
    'Turbines',
    'Textiles',
    'Logistics',
    'Chemicals',
    'Printing',
    'Robotics',
    'Ceramics',
    'Castings',
    'Paper',
    'Glass',
    'Dairy',
    'Pumps',
  ],
  cities: { US: ['Denver', 'Akron', 'Tulsa', 'Boise', 'Macon'], DE: ['Jena', 'Ulm', 'Celle', 'Fulda', 'Hagen'] },
  legalForm: { US: 'Inc.', DE: 'GmbH' },
} as const;
