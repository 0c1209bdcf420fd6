import type { ItemRow } from '../table/item.ts'
import { type Noticed, storable } from './staging.ts'

/** Most categories and brands that are noted; a list with more of them is asked with SQL. */
const namesMax = 5000
/** Most keys whose hashes are kept: 32 MB. */
const keysMax = 4_000_000

/**
 * What is cheap to notice while rows come and costs a pass over all of them afterwards: how many have prices, whether
 * a key may occur twice, and which categories and brands there are.
 */
export class RowNotes {
  readonly #categories = new NameSet()
  readonly #brands = new NameSet()
  #hashes = new Float64Array(1024)
  #count = 0
  #priced = 0
  #withoutCurrency = 0
  #noticed: Noticed | null = null

  add({ itemKey, priceE4, currency, category, brand }: ItemRow): void {
    if (priceE4 !== null) {
      this.#priced++
      if (currency === null) this.#withoutCurrency++
    }
    if (category !== null) this.#categories.add(category)
    if (brand !== null) this.#brands.add(brand)
    if (this.#count < keysMax) {
      if (this.#count === this.#hashes.length) {
        const larger = new Float64Array(Math.min(this.#count * 2, keysMax))
        larger.set(this.#hashes)
        this.#hashes = larger
      }
      this.#hashes[this.#count] = hash(itemKey)
    }
    this.#count++
  }

  /** Ends the adding. */
  end(): void {
    this.#noticed = {
      rows: this.#count,
      priced: this.#priced,
      withoutCurrency: this.#withoutCurrency,
      mayRepeat: this.#mayRepeat(),
      categories: this.#categories.list(),
      brands: this.#brands.list(),
    }
    this.#hashes = new Float64Array(0)
  }

  noticed(): Noticed {
    if (this.#noticed === null) throw new Error('The staging area is not sealed.')
    return this.#noticed
  }

  #mayRepeat(): boolean {
    if (this.#count > keysMax) return true
    const sorted = this.#hashes.subarray(0, this.#count).sort()
    for (let i = 1; i < sorted.length; i++) if (sorted[i - 1] === sorted[i]) return true
    return false
  }
}

class NameSet {
  readonly #names = new Set<string>()
  #last: string | null = null

  add(name: string): void {
    if (name === this.#last || this.#names.size > namesMax) return
    this.#last = name
    this.#names.add(name)
  }

  list(): string[] | null {
    if (this.#names.size > namesMax) return null
    return [...new Set([...this.#names].map(storable))].filter((name) => name !== '').sort()
  }
}

/** 53 bits of the text as it is stored, so that texts which are stored alike have one hash. */
function hash(text: string): number {
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0 || (code >= 0xd800 && code < 0xe000)) {
      const stored = storable(text)
      if (stored !== text) return hash(stored)
    }
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 15
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11)
}
