/** Column letters as a spreadsheet shows them: 0 → "A", 25 → "Z", 26 → "AA". */
export function columnLetter(column: number): string {
  let letters = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  }
  return letters
}

/** The 0-based column of "A", "ab" or "XFD"; null where the text is no column letter up to XFD. */
export function columnOfLetter(text: string): number | null {
  if (!/^[A-Za-z]{1,3}$/.test(text)) return null
  let column = 0
  for (const letter of text.toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64
  return column <= 16_384 ? column - 1 : null
}
