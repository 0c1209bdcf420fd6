import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'
import { kindOf, type NumberKind, plainNumber } from '../xlsx/number-format.ts'

/** Lists the sheets of a workbook, in the order of their tabs, and what its styles make of numbers. */
export class SheetList implements MarkupHandler {
  readonly sheets: { name: string; isHidden: boolean }[] = []
  readonly #styles = new Map<string, { parent: string | null; kind: NumberKind | null }>()
  is1904 = false
  #style = ''
  #isVisibility = false
  /** Levels below the cells of a sheet. */
  #depth = 0

  get wantsText(): boolean {
    return this.#isVisibility
  }

  /** @param style by its identifier; null or an unknown one shows numbers as they are */
  kindOf(style: string | null): NumberKind {
    let id = style
    for (let level = 0; id !== null && level < levelsMax; level++) {
      const known = this.#styles.get(id)
      if (known?.kind != null) return known.kind
      id = known?.parent ?? null
    }
    return plainNumber
  }

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth > 0) this.#depth++
    else if (name === 'Table') this.#depth = 1
    else if (name === 'Worksheet') this.sheets.push({ name: attributes.get('Name') ?? '', isHidden: false })
    else if (name === 'Style') {
      this.#style = attributes.get('ID') ?? ''
      if (this.#styles.size < stylesMax)
        this.#styles.set(this.#style, { parent: attributes.get('Parent'), kind: null })
    } else if (name === 'NumberFormat') {
      const style = this.#styles.get(this.#style)
      const format = attributes.get('Format')
      if (style !== undefined && format !== null) style.kind = kindOf(format)
    } else if (name === 'Date1904') this.is1904 = true
    else this.#isVisibility = name === 'Visible'
  }

  text(text: string): void {
    const sheet = this.sheets.at(-1)
    if (sheet !== undefined && /hidden/i.test(text)) sheet.isHidden = true
  }

  close(): void {
    if (this.#depth > 0) this.#depth--
    this.#isVisibility = false
  }
}

const levelsMax = 10
/** Excel has no more. */
const stylesMax = 65_536
