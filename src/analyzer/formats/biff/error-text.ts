/** What a cell shows for an error, by its number; the same in BIFF and in XLSB. */
export function errorText(code: number): string {
  return texts[code] ?? '#VALUE!'
}

/** The number of "#NUM!", for what is no number at all. */
export const notANumber = 36

const texts: Record<number, string> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
  43: '#GETTING_DATA',
}
