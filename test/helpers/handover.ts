import type { Handover } from '../../src/courier/intake.ts'

/** A list of Acme's, as somebody uploads it without saying anything. */
export const plainHandover: Omit<Handover, 'path'> = {
  fileName: 'list.csv',
  supplier: 'Acme',
  source: 'upload',
  trigger: 'api',
  listMode: null,
  scope: null,
  duplicates: null,
  currency: null,
  map: {},
  identity: null,
  limits: {},
  decimalsMax: null,
  encoding: null,
  delimiter: null,
  mayHold: true,
  force: false,
}
