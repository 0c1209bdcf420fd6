import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import {
  type DrainedJob,
  readDrainedFile,
  requireOwn,
  writeDrainedFile,
} from '../../src/queue/drained-file.ts'
import { rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const from = { installation: 'here', drainedAt: new Date('2026-11-22T08:30:00.000Z') }
const jobs = Array.from(
  { length: 7 },
  (_, n): DrainedJob => ({
    job_id: `job-${n}`,
    import_id: `import-${n}`,
    was: n % 2 === 0 ? 'queued' : 'dead',
    supplier: 'Müller & Söhne\n"KG"',
    source: 'upload',
    file_name: `Preisliste ${n} – Größen.xlsx`,
    sha256: n === 0 ? null : 'ab'.repeat(32),
    created_at: '2026-11-22T08:00:00.000Z',
    run_at: '2026-11-22T08:00:00.000Z',
    retry_count: n,
    error: n % 2 === 0 ? null : { kind: 'parser', code: 'analyzer_crashed', message: 'It crashed.' },
  }),
)

async function* inPages(of: DrainedJob[], size: number) {
  for (let start = 0; start < of.length; start += size) yield of.slice(start, start + size)
}

/** A whole file, and a way to try others beside it. */
async function drainedFile() {
  const folder = await temporaryDirectory()
  const path = folder.file('queue.ndjson')
  await writeDrainedFile(path, { ...from, count: jobs.length }, inPages(jobs, 3))
  const bytes = await readFile(path)
  let files = 0
  return {
    path,
    text: bytes.toString(),
    bytes,
    /** What reading other content says. */
    async read(content: string | Uint8Array) {
      const other = folder.file(`other-${files++}`)
      await writeFile(other, content)
      return rejection(readDrainedFile(other))
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

test('what was written is read again', async () => {
  await using drained = await drainedFile()
  expect(await readDrainedFile(drained.path)).toEqual({ ...from, jobs })
  expect(drained.text.split('\n').length).toBe(jobs.length + 3)
})

test('a file that is cut off anywhere is refused', async () => {
  await using drained = await drainedFile()
  // Without the last line's end it is whole all the same.
  for (let size = 0; size < drained.bytes.length - 1; size += 13) {
    const error = await drained.read(drained.bytes.subarray(0, size))
    expect([size, error]).toMatchObject([
      size,
      { name: 'InvalidError', code: expect.stringMatching(/^(not_a_queue_file|queue_file_cut_off)$/) },
    ])
  }
  const lines = drained.text.split('\n')
  expect(await drained.read(`${lines.slice(0, 5).join('\n')}\n`)).toMatchObject({
    code: 'queue_file_cut_off',
    message: expect.stringContaining('it announces 7 jobs and ends after 4'),
  })
})

describe('a file that somebody has changed is refused', () => {
  const changes: [string, (lines: string[]) => string[]][] = [
    ['a name', (lines) => lines.map((line) => line.replace('Preisliste 3', 'Preisliste 4'))],
    ['an id', (lines) => lines.map((line) => line.replace('job-3', 'job-9'))],
    ['a job less', (lines) => lines.toSpliced(3, 1)],
    ['a job twice', (lines) => lines.toSpliced(3, 0, lines[3]!)],
    ['the order', (lines) => [...lines.slice(0, 2), lines[3]!, lines[2]!, ...lines.slice(4)]],
    ['a blank line', (lines) => lines.toSpliced(3, 0, '')],
    ['other line ends', (lines) => lines.map((line, n) => (n === 3 ? `${line}\r` : line))],
    ['the installation', (lines) => lines.map((line) => line.replace('"here"', '"there"'))],
    ['the count', (lines) => lines.map((line, n) => (n === 0 ? line.replace('"jobs":7', '"jobs":6') : line))],
    ['something behind its end', (lines) => [...lines, lines[2]!]],
    [
      'its hash',
      (lines) => lines.map((line) => line.replace(/"sha256":"[0-9a-f]{4}(?=[^"]*"}$)/, '"sha256":"0000')),
    ],
  ]
  for (const [what, change] of changes)
    test(what, async () => {
      await using drained = await drainedFile()
      const text = `${change(drained.text.trimEnd().split('\n')).join('\n')}\n`
      expect(text).not.toBe(drained.text)
      expect(await drained.read(text)).toMatchObject({ name: 'InvalidError', code: 'queue_file_changed' })
    })

  test('even where its hash was made to fit', async () => {
    await using drained = await drainedFile()
    const lines = drained.text.trimEnd().split('\n')
    const body = `${[lines[0], '{"job_id":7}', ...lines.slice(2, -1)].join('\n')}\n`
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(await drained.read(`${body}{"end":true,"jobs":7,"sha256":"${sha256}"}\n`)).toMatchObject({
      code: 'queue_file_changed',
      message: expect.stringContaining('line 2 is no job'),
    })
  })
})

test('other files are told from those of ours', async () => {
  await using drained = await drainedFile()
  for (const content of [
    '',
    '\n',
    'sku;price\nA;1\n',
    '{}\n',
    '[]\n',
    'null\n',
    '\0'.repeat(200_000),
    '{"format":"x"}\n',
  ])
    expect(await drained.read(content)).toMatchObject({ name: 'InvalidError', code: 'not_a_queue_file' })
  const newer = drained.text.replace('"version":1', '"version":2')
  expect(await drained.read(newer)).toMatchObject({ code: 'queue_file_too_new' })
  expect(await rejection(readDrainedFile(`${drained.path}.missing`))).toMatchObject({ code: 'no_such_file' })
  expect(await rejection(readDrainedFile('/'))).toMatchObject({ code: 'file_not_readable' })
})

test('a file of another installation says so', async () => {
  expect(() => requireOwn('q.ndjson', from, 'there')).toThrow(
    'from another installation (here; this one is there)',
  )
  requireOwn('q.ndjson', from, 'here')
})
