import { isChecked } from '../../../lib/checked.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Row } from '../../table/rows/row.ts'
import type { OpenedFile } from '../format.ts'
import { openFile } from '../index.ts'
import { type Answer, Question } from './messages.ts'

/**
 * The other side of `openApart`: answers questions about one file until nobody asks any more. It never throws.
 * @param next the next question; null: nobody is there
 */
export async function answerQuestions(
  next: () => Promise<unknown>,
  say: (answer: Answer) => void,
): Promise<void> {
  const reading = new Reading()
  for (let message = await next(); message !== null; message = await next()) {
    if (!isChecked(Question, message)) continue
    const { id } = message
    try {
      say({ id, ...(await reading.answer(message)) })
    } catch (error) {
      const code = error instanceof AppError ? error.code : null
      say({ id, failed: { code, message: error instanceof Error ? error.message : String(error) } })
    }
  }
  reading.close()
}

class Reading {
  #file: OpenedFile | null = null
  #rows: AsyncIterator<Row[]> | null = null

  async answer({ open, sheet }: Question): Promise<Omit<Answer, 'id'>> {
    if (open !== undefined) return { opened: await this.#open(open) }
    if (this.#file === null) throw new Error('No file is open.')
    if (sheet !== undefined) {
      await this.#rows?.return?.()
      this.#rows = this.#file.rows(sheet)[Symbol.asyncIterator]()
      return {}
    }
    if (this.#rows === null) throw new Error('No sheet is being read.')
    const { value, done } = await this.#rows.next()
    return { rows: done === true ? null : value, bytesRead: this.#file.bytesRead() }
  }

  close(): void {
    this.#file?.close()
  }

  async #open({ path, format, encoding, delimiter, ...limits }: NonNullable<Question['open']>) {
    const file = await openFile(path, { format, encoding, delimiter, limits })
    this.#file = file
    return { format: file.format, encoding: file.encoding, delimiter: file.delimiter, sheets: file.sheets }
  }
}
