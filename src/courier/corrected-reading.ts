import type { Import } from '../imports/store.ts'
import { ConflictError } from '../lib/errors.ts'
import type { Pins, SourceSettings } from '../sources/model.ts'
import { pinnedSettings } from '../sources/pins.ts'
import type { Supplier } from '../suppliers/store.ts'

/** How an import is read once a person has said something about it. */
export interface CorrectedReading {
  settings: SourceSettings
  /** Assumed where the list does not say; null: nothing is. */
  currency: string | null
}

/**
 * What a correction comes to; a preview of it shows the same.
 * @param assumed.supplier as it is now; null: it is no longer there
 * @throws ConflictError `not_correctable`
 */
export function correctedReading(
  { id, status, options }: Pick<Import, 'id' | 'status' | 'options'>,
  pins: Pins,
  assumed: { supplier: Pick<Supplier, 'currency'> | null; defaultCurrency: string | null },
): CorrectedReading {
  if (status !== 'held' && status !== 'failed')
    throw new ConflictError(
      'not_correctable',
      `Import ${id} is ${status}; only one that is held or failed can be corrected. Hand the list in again with what is to be changed.`,
    )
  const settings = pinnedSettings(options.settings, pins)
  const usual =
    pins.currency === null ? options.table.currency : (assumed.supplier?.currency ?? assumed.defaultCurrency)
  return { settings, currency: settings.currency ?? usual }
}
