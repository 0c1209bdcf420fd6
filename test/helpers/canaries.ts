import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Secrets that are planted where secrets may be given, and looked for everywhere else. */
export interface Canaries {
  /** A new one, which nothing else looks like. @param where it is given, for the message */
  plant(where: string): string
  /** The same for one that was made elsewhere, such as a key. */
  keep(where: string, secret: string): string
  count(): number
  /** Something that was printed, answered, logged or stored. */
  hear(where: string, said: string | Uint8Array): void
  /** Every file below a folder. */
  hearFiles(folder: string): Promise<void>
  /** Which of them were heard, and where; in whatever form. */
  found(): string[]
}

export function openCanaries(): Canaries {
  const planted: { where: string; forms: Buffer[] }[] = []
  const heard: { where: string; bytes: Buffer }[] = []
  const canaries: Canaries = {
    plant(where) {
      const core = `cnry${planted.length.toString().padStart(2, '0')}${randomBytes(8).toString('hex')}`
      planted.push({ where, forms: formsOf(core) })
      return core
    },
    keep(where, secret) {
      planted.push({ where, forms: formsOf(secret) })
      return secret
    },
    count: () => planted.length,
    hear: (where, said) => void heard.push({ where, bytes: Buffer.from(said) }),
    async hearFiles(folder) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        canaries.hear(`the name of a file`, path)
        if (entry.isFile()) canaries.hear(path, await readFile(path))
      }
    },
    found: () =>
      planted.flatMap(({ where, forms }) =>
        heard
          .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
          .map((place) => `${where} in ${place.where}`),
      ),
  }
  return canaries
}

/** As it is, in base64 wherever it begins, in hex, and as the bytes that it stands for. */
function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret)
  const shifted = [0, 1, 2].map((blanks) => {
    const text = Buffer.concat([Buffer.alloc(blanks), bytes]).toString('base64')
    // Only what none of its neighbours has a part in.
    return text.slice(blanks === 0 ? 0 : 4, -4)
  })
  const key = /^[\w+/]{43}=$/.test(secret) ? [Buffer.from(secret, 'base64')] : []
  return [bytes, ...shifted.map((text) => Buffer.from(text)), Buffer.from(bytes.toString('hex')), ...key]
}
