import type { Scenario } from '../scenario.ts';
import { f01 } from './f01.ts';
import { f02 } from './f02.ts';
import { f04 } from './f04.ts';
import { f05 } from './f05.ts';
import { f07 } from './f07.ts';
import { f08 } from './f08.ts';
import { f10 } from './f10.ts';
import { f11 } from './f11.ts';
import { f12 } from './f12.ts';
import { f13 } from './f13.ts';
import { f14 } from './f14.ts';
import { f15 } from './f15.ts';
import { f16 } from './f16.ts';
import { f17 } from './f17.ts';
import { f18 } from './f18.ts';
import { f20 } from './f20.ts';
import { f21 } from './f21.ts';
import { f22 } from './f22.ts';
import { f23 } from './f23.ts';
import { f24 } from './f24.ts';
import { f25 } from './f25.ts';
import { f26 } from './f26.ts';
import { f27 } from './f27.ts';
import { f28 } from './f28.ts';
import { f29 } from './f29.ts';
import { f30 } from './f30.ts';
import { f31 } from './f31.ts';
import { f32 } from './f32.ts';
import { f33 } from './f33.ts';
import { f34 } from './f34.ts';
import { f41 } from './f41.ts';

/** Those that CI runs come first. */
export const SCENARIOS: readonly Scenario[] = [
  f04,
  f10,
  f11,
  f12,
  f13,
  f17,
  f24,
  f26,
  f29,
  f32,
  f41,
  f01,
  f02,
  f05,
  f07,
  f08,
  f14,
  f15,
  f16,
  f18,
  f20,
  f21,
  f22,
  f23,
  f25,
  f27,
  f28,
  f30,
  f31,
  f33,
  f34,
];
