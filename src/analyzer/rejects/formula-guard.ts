/**
 * Spreadsheets run a cell of a CSV file that begins like a formula. An apostrophe in front makes it text; so that a
 * supplier's own apostrophe is not mistaken for ours, one that stands before such a sign gets another one. Reading
 * the file again takes one off, so every cell comes back as it was.
 */
export function guarded(text: string): string {
  return mayBeFormula.test(text) && !isNumber.test(text) ? `'${text}` : text
}

/** A cell without the apostrophe that `guarded` gave it. */
export function unguarded(text: string): string {
  return wasGuarded.test(text) ? text.slice(1) : text
}

/** The same for a cell that a workbook holds as text, which runs nothing: only a supplier's own apostrophe counts. */
export function guardedText(text: string): string {
  return wasGuarded.test(text) ? `'${text}` : text
}

// The full-width signs are typed, and run, in East Asian spreadsheets.
const mayBeFormula = /^'*[=+\-@\t\r\n＝＋－＠]/
const wasGuarded = /^'+[=+\-@\t\r\n＝＋－＠]/
/** A signed number, or a dash that stands for nothing. */
const isNumber = /^[+-](?:[\s\d.,’]*\d\s?%?|-*)$/
