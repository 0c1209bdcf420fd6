import { InvalidError } from '../../../lib/errors.ts'

/**
 * Refuses a file of lines that ends within one, which is a last line without a line end whose object is still open.
 * @throws InvalidError `truncated_json`
 */
export function refuseCutLine(number: number, text: string): void {
  if (!isOpen(text)) return
  throw new InvalidError(
    'truncated_json',
    `The file ends within line ${number}, as when a download was cut short. Fetch or export it again.`,
  )
}

/** Whether an object begins that does not end. */
function isOpen(text: string): boolean {
  // Texts first: what stands in them opens and closes nothing. The last one may itself be open.
  const structure = text.replace(/"(?:[^"\\]|\\.)*(?:"|\\?$)/g, '')
  let depth = 0
  for (const sign of structure) {
    if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
  }
  return depth > 0
}
