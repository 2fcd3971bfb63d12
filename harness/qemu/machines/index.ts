import type { Architecture } from '../../util/architecture.ts';
import { aarch64 } from './aarch64.ts';
import type { Machine } from './machine.ts';
import { x86_64 } from './x86_64.ts';

export type { Machine } from './machine.ts';

export const MACHINES: Readonly<Record<Architecture, Machine>> = { x86_64, aarch64 };
