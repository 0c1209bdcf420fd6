import { InvalidError } from '../../../lib/errors.ts'
import type { ReadLimits } from '../format.ts'
import { textOf } from './text-file.ts'

export interface TextLines {
  /** 1-based numbers; blank lines are left out. */
  lines: { number: number; text: string }[]
  bytesRead: number
  /** False for the last line of a file that ends without a line end; it comes alone. */
  isEnded: boolean
}

const chunkBytes = 64 * 1024

/**
 * The lines of a text file, some at a time.
 * @throws InvalidError `line_too_long`: longer than four cells may be
 */
export async function* textLines(
  path: string,
  encoding: string,
  { cellCharactersMax }: ReadLimits,
): AsyncGenerator<TextLines> {
  const lengthMax = cellCharactersMax * 4
  let rest = ''
  let number = 0
  let bytesRead = 0
  for await (const piece of textOf(path, encoding, chunkBytes)) {
    bytesRead = piece.bytesRead
    rest += piece.text
    const lines: TextLines['lines'] = []
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      number++
      addLine(lines, number, rest.slice(from, end))
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > lengthMax)
      throw new InvalidError('line_too_long', `Line ${number + 1} is longer than ${lengthMax} characters.`)
    if (lines.length > 0) yield { lines, bytesRead, isEnded: true }
  }
  const last: TextLines['lines'] = []
  addLine(last, number + 1, rest)
  if (last.length > 0) yield { lines: last, bytesRead, isEnded: false }
}

function addLine(lines: TextLines['lines'], number: number, text: string): void {
  if (text.trim() !== '') lines.push({ number, text })
}
