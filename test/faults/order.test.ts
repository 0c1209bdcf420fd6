import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { misses } from '../../scripts/lib/faults/figure.ts'
import { type Call, order, outOfOrder, tracedCalls } from '../../scripts/lib/faults/order.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const hash = 'ab'.repeat(32)
const calls: Call[] = [
  { name: 'write', said: '9</d/raw/incoming/me.1>, "sku", 3' },
  { name: 'fsync', said: '9</d/raw/incoming/me.1>' },
  { name: 'link', said: `"/d/raw/incoming/me.1", "/d/raw/ab/${hash}"` },
  { name: 'fsync', said: '9</d/raw/ab>' },
  { name: 'fsync', said: '9</d/raw>' },
  { name: 'rename', said: `"/d/raw/incoming/me.2.meta.json", "/d/raw/ab/${hash}.meta.json"` },
  { name: 'fsync', said: '9</d/raw/ab>' },
  { name: 'pwrite64', said: '7</d/tallyman.db-wal>, "…", 8192, 0' },
  { name: 'write', said: `1<pipe:[1]>, "${hash}\\n", 65` },
]

// Where system calls cannot be followed, nothing is tried.
test('nothing is answered before the file, its note and its rows are written, as the system calls show', async () => {
  expect(((await order({ lists: 2 })) ?? []).flatMap(misses)).toEqual([])
}, 120_000)

test('a step that is missing or comes too late is found', () => {
  expect(outOfOrder(calls, [hash])).toEqual([])
  for (let at = 0; at < calls.length - 1; at++) {
    expect(outOfOrder(calls.toSpliced(at, 1), [hash])).not.toEqual([])
    const late = calls.toSpliced(at, 1).toSpliced(calls.length - 1, 0, calls[at]!)
    expect(outOfOrder(late, [hash])).not.toEqual([])
  }
})

// Where system calls cannot be followed, nothing is tried.
test('a file of its own has its name when it is synced, and is there when its folder is', async () => {
  await using folder = await temporaryDirectory()
  const path = folder.file('drained.ndjson')
  const module = join(import.meta.dir, '../../src/files/new-file.ts')
  const script = `const { writeNewFile } = await import(${JSON.stringify(module)})
    await writeNewFile(${JSON.stringify(path)}, (to) => to.appendFile('whole'))`
  const traced = await tracedCalls([process.execPath, '-e', script], { trace: folder.file('trace') })
  if (traced === null) return
  const steps = traced.calls.flatMap(({ name, said }) => {
    if (/write/.test(name) && said.includes(`<${path}.`)) return ['written']
    if (name === 'fsync' && said.includes(`<${path}.`)) return ['synced']
    if (name.startsWith('link') && said.includes(`"${path}"`)) return ['named']
    return name === 'fsync' && said.endsWith(`<${folder.path}>`) ? ['folder synced'] : []
  })
  expect(steps).toEqual(['written', 'synced', 'named', 'folder synced'])
}, 60_000)
