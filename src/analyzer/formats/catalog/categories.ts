import type { TagAttributes } from '../markup/attributes.ts'
import { detached } from '../markup/names.ts'

/** The categories that a catalog lists apart from its articles, as YML and the feeds that took after it do. */
export interface CategoryTree {
  size: number
  /** "Tools > Drills" for the identifier of "Drills"; null when there is no such category. */
  path(shop: number, id: string): string | null
}

interface Category {
  parentId: string
  name: string
}

/** More are no catalog's; those beyond stay without a name. */
const categoriesMax = 200_000
const levelsMax = 20

/**
 * Gathers `<category id="2" parentId="1">Drills</category>` out of `<categories>`, in this way of writing or with
 * elements instead of attributes. Every shop of a catalog has categories of its own.
 */
export class CategoryReader {
  readonly #byId = new Map<string, Category>()
  #isInList = false
  /** Levels below `<category>`; -1: outside of one. */
  #depth = -1
  #shop = 0
  #part = ''
  #id = ''
  #parentId = ''
  #name = ''

  get wantsText(): boolean {
    return this.#depth >= 0
  }

  get tree(): CategoryTree {
    const byId = this.#byId
    const paths = new Map<string, string | null>()
    return {
      size: byId.size,
      path(shop, id) {
        const key = keyOf(shop, id)
        let path = paths.get(key)
        if (path === undefined) {
          path = pathOf(shop, id)
          // Only what is there is remembered: what records name is endless.
          if (path !== null) paths.set(key, path)
        }
        return path
      },
    }

    function pathOf(shop: number, id: string): string | null {
      const names: string[] = []
      const seen = new Set<string>()
      for (let next = id; next !== '' && !seen.has(next) && seen.size < levelsMax; ) {
        seen.add(next)
        const category = byId.get(keyOf(shop, next))
        if (category === undefined) break
        names.unshift(category.name)
        next = category.parentId
      }
      return names.length === 0 ? null : names.join(' > ')
    }
  }

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth >= 0) {
      this.#depth++
      this.#part = name.toLowerCase()
    } else if (name === 'shop') this.#shop++
    else if (name === 'categories') this.#isInList = true
    else if (this.#isInList && name === 'category') {
      this.#depth = 0
      this.#part = ''
      this.#id = attributes.get('id') ?? ''
      this.#parentId = attributes.get('parentId') ?? attributes.get('parent_id') ?? ''
      this.#name = attributes.get('name') ?? ''
    }
  }

  text(text: string): void {
    if (this.#depth < 0) return
    const value = text.trim()
    if (value === '') return
    if (this.#depth === 0 || this.#part === 'name' || this.#part === 'title') this.#name = value
    else if (this.#part === 'id') this.#id = value
    else if (this.#part === 'parentid' || this.#part === 'parent_id') this.#parentId = value
  }

  close(name: string): void {
    if (this.#depth > 0) {
      this.#depth--
      this.#part = ''
    } else if (this.#depth === 0) {
      this.#depth = -1
      if (this.#id === '' || this.#name === '' || this.#byId.size >= categoriesMax) return
      // Copies, since slices would keep the whole document alive.
      const [id, parentId, own] = [this.#id, this.#parentId, this.#name].map(detached)
      this.#byId.set(keyOf(this.#shop, id!), { parentId: parentId!, name: own! })
    } else if (name === 'categories') this.#isInList = false
  }
}

function keyOf(shop: number, id: string): string {
  return `${shop}/${id}`
}
