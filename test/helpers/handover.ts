import type { Handover } from '../../src/courier/intake.ts'
import { noPins } from '../../src/courier/pins.ts'

/** A list of Acme's, as somebody uploads it without saying anything. */
export const plainHandover: Omit<Handover, 'path'> = {
  fileName: 'list.csv',
  supplier: 'Acme',
  source: 'upload',
  trigger: 'api',
  ...noPins,
  mayHold: true,
  force: false,
}
