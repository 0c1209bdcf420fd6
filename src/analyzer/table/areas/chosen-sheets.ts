import { InvalidError } from '../../../lib/errors.ts'
import { normalize } from '../text.ts'

/**
 * The sheets that a person named, by their index; null: nobody named any.
 * @param named names, or numbers from 1 on; a name counts more than a number
 * @throws InvalidError `unknown_sheet`: a sheet that is not there may be one whose articles would seem to be gone
 */
export function chosenSheets(
  sheets: readonly { index: number; name: string | null }[],
  named: readonly string[] | null,
): Set<number> | null {
  if (named === null) return null
  const indexes = named.map((text) => {
    const words = normalize(text)
    const found =
      sheets.find(({ name }) => name === text) ??
      sheets.find(({ name }) => name !== null && normalize(name) === words) ??
      (/^\d{1,4}$/.test(text) ? sheets.find(({ index }) => index === Number(text) - 1) : undefined)
    if (found === undefined) throw unknownSheet(sheets, text)
    return found.index
  })
  return new Set(indexes)
}

const listedMax = 50

function unknownSheet(sheets: readonly { name: string | null }[], text: string): InvalidError {
  const names = sheets
    .slice(0, listedMax)
    .map(({ name }, index) => (name === null ? String(index + 1) : `"${name}"`))
  const more = sheets.length > listedMax ? ', …' : ''
  return new InvalidError(
    'unknown_sheet',
    `There is no sheet "${text.slice(0, 100)}". The file has ${names.join(', ')}${more}; --sheet names one, --sheet auto lets the file decide.`,
  )
}
