/**
 * What an item is, besides the words of its name, as words of the index: a letter and a hash behind "_", which no word
 * of a text has in it. Two facts with one hash (64 bits) would only make the index offer an item that is then looked
 * at and left out.
 */
export const facts = {
  supplier: (no: number) => `_s${no}`,
  brand: (brand: string) => fact('b', brand),
  /** A category or one that a category lies below: levels joined by " > ". */
  category: (path: string) => fact('k', path),
  characteristic: (key: string, value: string) => fact('c', `${key}\0${value}`),
}

/** "A > B > C" → "A", "A > B", "A > B > C". */
export function* pathsAbove(category: string): Generator<string> {
  for (let at = category.indexOf(between); at >= 0; at = category.indexOf(between, at + 1))
    yield category.slice(0, at)
  yield category
}

const between = ' > '

const fact = (kind: string, text: string) => `_${kind}${Bun.hash.xxHash64(text).toString(36)}`
