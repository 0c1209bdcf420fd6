import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'

export interface OdsTable {
  name: string
  isHidden: boolean
}

/** Whether a sheet is found within an element of this name; everything else around sheets is passed over. */
export function leadsToTables(element: string): boolean {
  return wayToTables.has(element)
}

const wayToTables = new Set(['document-content', 'document', 'body', 'spreadsheet'])

/** Lists the sheets of an OpenDocument spreadsheet, in the order of their tabs. */
export class TableList implements MarkupHandler {
  readonly wantsText = false
  readonly tables: OdsTable[] = []
  readonly #hiddenStyles = new Set<string>()
  #style = ''
  /** Levels below the first element that leads nowhere. */
  #depth = 0
  #isInStyles = false

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth > 0) {
      this.#depth++
      if (this.#isInStyles) this.#readStyle(name, attributes)
    } else if (!leadsToTables(name)) {
      this.#depth = 1
      this.#isInStyles = name === 'automatic-styles' || name === 'styles'
      if (name !== 'table') return
      this.tables.push({
        name: attributes.get('name') ?? '',
        isHidden: this.#hiddenStyles.has(attributes.get('style-name') ?? ''),
      })
    }
  }

  text(): void {}

  close(): void {
    if (this.#depth > 0) this.#depth--
  }

  #readStyle(name: string, attributes: TagAttributes): void {
    if (name === 'style') this.#style = attributes.get('name') ?? ''
    else if (name === 'table-properties' && attributes.get('display') === 'false')
      this.#hiddenStyles.add(this.#style)
  }
}
