import { InvalidError } from '../../../lib/errors.ts'

/** One column, or a part of the last one, which takes what has no column of its own. */
export interface Field {
  header: string
  /** About how many records have it. */
  count: number
  column: number
  isRest: boolean
}

/** What a field is called, shortly if no other one is called so, and in full. */
export interface FieldName {
  short: string
  full: string
}

/** The most often that one element has columns of its own in a record. */
export const repeatsMax = 16

/** The fields of a list's records, in the order in which they turn up. */
export class FieldList {
  readonly #byName = new Map<string, Field>()
  readonly #headers = new Set<string>()
  #isRestNeeded = false

  /** Fields for an element that occurs up to `repeats` times in a record, the last for all beyond. */
  repeated(name: FieldName, count: number, repeats: number): Field[] {
    const fields: Field[] = []
    for (let i = 0; i < Math.min(repeats, repeatsMax); i++) {
      const mark = i === 0 ? '' : ` ${i + 1}`
      const share = i === 0 ? count : Math.ceil(count / (i + 1) / 2)
      fields.push(this.#get({ short: name.short + mark, full: name.full + mark }, share))
    }
    if (repeats > repeatsMax) this.#isRestNeeded = true
    return fields
  }

  /** Gives the fields their columns: where there are too many, the rarest share the last one. */
  settle(columnsMax: number): { headers: string[]; restColumn: number } {
    const all = [...this.#byName.values()]
    const isCrowded = all.length > columnsMax || (this.#isRestNeeded && all.length === columnsMax)
    // Sorting keeps the order of equals, so of fields that are as rare the first one wins.
    const own = new Set(isCrowded ? all.toSorted((a, b) => b.count - a.count).slice(0, columnsMax - 1) : all)
    const headers: string[] = []
    for (const field of all) {
      if (!own.has(field)) continue
      field.column = headers.length
      headers.push(field.header)
    }
    const hasRest = isCrowded || this.#isRestNeeded
    for (const field of all) {
      if (own.has(field)) continue
      field.column = headers.length
      field.isRest = true
    }
    if (hasRest) headers.push(restHeader)
    return { headers, restColumn: hasRest ? headers.length - 1 : -1 }
  }

  #get({ short, full }: FieldName, count: number): Field {
    let field = this.#byName.get(full)
    if (field === undefined) {
      if (this.#byName.size >= fieldsMax) {
        throw new InvalidError(
          'too_many_columns',
          `The records have more than ${fieldsMax} different fields. Export the list as CSV or XLSX.`,
        )
      }
      const header = this.#headers.has(short) ? full : short
      this.#headers.add(header)
      field = { header, count: 0, column: -1, isRest: false }
      this.#byName.set(full, field)
    }
    field.count += count
    return field
  }
}

const fieldsMax = 100_000
const restHeader = 'further fields'
