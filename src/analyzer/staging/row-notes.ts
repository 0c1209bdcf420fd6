import { storable } from '../../lib/storable.ts'
import { hasPrice, type ItemRow, lacksCurrency } from '../table/rows/item.ts'
import type { Noticed } from './staging.ts'

/** Most categories and brands that are noted; a list with more of them is asked with SQL. */
const namesMax = 5000
/** Most keys whose hashes are kept: some 40 MB. */
const keysMax = 4_000_000
const buckets = 256

/**
 * What is cheap to notice while rows come and costs a pass over all of them afterwards: how many have prices, whether
 * a key may occur twice, and which categories and brands there are.
 */
export class RowNotes {
  readonly #categories = new NameSet()
  readonly #brands = new NameSet()
  #keys: KeyHashes | null = new KeyHashes()
  #count = 0
  #priced = 0
  #ownPriced = 0
  #withoutCurrency = 0
  #hasTiers = false
  #noticed: Noticed | null = null

  add(item: ItemRow): void {
    const { itemKey, category, brand, tiers } = item
    if (hasPrice(item)) this.#priced++
    if (item.priceE4 !== null) this.#ownPriced++
    if (lacksCurrency(item)) this.#withoutCurrency++
    if (tiers !== null) this.#hasTiers = true
    if (category !== null) this.#categories.add(category)
    if (brand !== null) this.#brands.add(brand)
    this.#count++
    if (this.#count > keysMax) this.#keys = null
    this.#keys?.add(itemKey)
  }

  /** Ends the adding. */
  end(): void {
    this.#noticed = {
      rows: this.#count,
      priced: this.#priced,
      ownPriced: this.#ownPriced,
      withoutCurrency: this.#withoutCurrency,
      hasTiers: this.#hasTiers,
      mayRepeat: this.#keys === null || this.#keys.mayRepeat(),
      categories: this.#categories.list(),
      brands: this.#brands.list(),
    }
    this.#keys = null
  }

  noticed(): Noticed {
    if (this.#noticed === null) throw new Error('The staging area is not sealed.')
    return this.#noticed
  }
}

/** Hashes of 53 bits in buckets, so that growing copies little at a time and no bucket is much too large. */
class KeyHashes {
  readonly #hashes = Array.from({ length: buckets }, () => new Float64Array(16))
  readonly #counts = new Uint32Array(buckets)

  add(key: string): void {
    const value = hash(key)
    const bucket = value % buckets
    let hashes = this.#hashes[bucket]!
    const count = this.#counts[bucket]!
    if (count === hashes.length) {
      const larger = new Float64Array(Math.ceil(count * 1.3))
      larger.set(hashes)
      this.#hashes[bucket] = larger
      hashes = larger
    }
    hashes[count] = value
    this.#counts[bucket] = count + 1
  }

  /** Ends the adding. */
  mayRepeat(): boolean {
    return this.#hashes.some((hashes, bucket) => {
      const sorted = hashes.subarray(0, this.#counts[bucket]).sort()
      for (let i = 1; i < sorted.length; i++) if (sorted[i - 1] === sorted[i]) return true
      return false
    })
  }
}

class NameSet {
  readonly #names = new Set<string>()
  #last: string | null = null

  add(name: string): void {
    if (name === this.#last || this.#names.size > namesMax) return
    this.#last = name
    // A copy: what was cut out of a longer text keeps all of that in memory.
    if (!this.#names.has(name)) this.#names.add(Buffer.from(name).toString())
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
