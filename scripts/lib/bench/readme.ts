import { readFile, writeFile } from 'node:fs/promises'

/**
 * Puts a text between the two markers of a file, `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
 * @throws Error when they are not both there, in order
 */
export async function replaceBetweenMarkers(path: string, markdown: string, name = 'bench'): Promise<void> {
  const begin = `<!-- ${name}:begin -->`
  const end = `<!-- ${name}:end -->`
  const text = await readFile(path, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from)
    throw new Error(`${path} has no lines ${begin} and ${end} in this order; add them first.`)
  await writeFile(path, `${text.slice(0, from + begin.length)}\n\n${markdown}\n\n${text.slice(to)}`)
}
