import type { ImportOptions } from '../imports/model.ts'
import type { Pins, SourceSettings } from '../sources/model.ts'
import { mergedPins, noPins } from '../sources/pins.ts'

export type { Pins } from '../sources/model.ts'
export { noPins, pinnedSettings } from '../sources/pins.ts'

/**
 * How an import reads its file.
 * @param currency assumed where the list does not say
 */
export function importOptions(
  settings: SourceSettings,
  pins: Pins & { mayHold: boolean; force: boolean },
  currency: string | null,
): ImportOptions {
  const { map, identity, decimalsMax, reading } = settings
  const { headerRows, decimal, format, encoding, delimiter, sheets } = reading
  return {
    settings,
    said: mergedPins(noPins, pins),
    table: { map, currency, identity, decimalsMax, headerRows, decimal },
    // Not remembered: whether a file is the whole list is a fact of that file.
    listMode: pins.listMode ?? settings.listMode,
    format,
    encoding,
    delimiter,
    sheets,
    mayHold: pins.mayHold,
    isForced: pins.force,
  }
}
