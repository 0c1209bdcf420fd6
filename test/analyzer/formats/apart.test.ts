import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApart } from '../../../src/analyzer/formats/apart/open.ts'
import type { ApartLimits } from '../../../src/analyzer/formats/apart/reader-process.ts'
import { defaultReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { dependentEnvironment, ownCommand } from '../../../src/lib/own-process.ts'
import { openProgram } from '../../helpers/cli.ts'
import { makePdf } from '../../helpers/pdf.ts'
import { processState } from '../../helpers/processes.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary.ts'
import { until } from '../../helpers/until.ts'

// Processes start slowly on a busy machine.
setDefaultTimeout(60_000)

const options = { limits: defaultReadLimits, encoding: null, delimiter: null }
const children = join(import.meta.dir, '../../helpers/children')
const faulty = [process.execPath, join(children, 'faulty-reader.ts')]

function limits(changes: Partial<ApartLimits> = {}): ApartLimits {
  return {
    command: [...ownCommand(), 'read-apart'],
    env: dependentEnvironment(process.env, []),
    cwd: import.meta.dir,
    memoryBytesMax: 1024 ** 3,
    timeMs: 600_000,
    ...changes,
  }
}

describe('a file that is read apart', () => {
  test('has the rows that it has here, as often as they are asked for', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('list.csv')
    const lines = Array.from({ length: 20_000 }, (_, row) => `A-${row};Größe ${row};${row / 4}`)
    await Bun.write(path, ['sku;name;price', ...lines].join('\n'))
    const here = await openFile(path, options)
    const apart = await openApart(path, { ...options, format: 'csv' }, limits())
    const { format, encoding, delimiter, sheets } = apart
    expect({ format, encoding, delimiter, sheets }).toEqual({
      format: here.format,
      encoding: here.encoding,
      delimiter: here.delimiter,
      sheets: here.sheets,
    })
    // Whoever looks only at the start leaves the rest.
    for await (const batch of apart.rows(0)) {
      expect(batch[0]?.cells).toEqual(['sku', 'name', 'price'])
      break
    }
    const expected = (await Array.fromAsync(here.rows(0))).flat()
    for (let times = 0; times < 2; times++)
      expect((await Array.fromAsync(apart.rows(0))).flat()).toEqual(expected)
    expect(apart.bytesRead()).toBe(Bun.file(path).size)
    here.close()
    apart.close()
    await expect(Array.fromAsync(apart.rows(0))).rejects.toThrow()
  })

  test('is refused for the same reason', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('list.pdf')
    await Bun.write(path, '%PDF-1.4\n')
    const here = openFile(path, options)
    await expect(here).rejects.toBeInstanceOf(InvalidError)
    const { code, message } = await here.catch((error) => error)
    await expect(openApart(path, { ...options, format: 'pdf' }, limits())).rejects.toMatchObject({
      code,
      message,
    })
  })
})

describe('a process that reads a file', () => {
  async function refusal(folder: TemporaryDirectory, behaviour: string, changes: Partial<ApartLimits> = {}) {
    const opening = openApart(
      folder.file(behaviour),
      { ...options, format: 'csv' },
      limits({ command: faulty, ...changes }),
    )
    const error = await opening.then(
      () => null,
      (reason) => reason,
    )
    await until(async () => (await states(folder)).every((state) => state === 'gone'))
    return error
  }

  test.each<[string, Partial<ApartLimits>, string, string]>([
    [
      'eats',
      { memoryBytesMax: 300 * 1024 ** 2 },
      'analyzer_out_of_memory',
      'Raise TALLYMAN_ANALYZER_MEMORY_MAX',
    ],
    ['spins', { timeMs: 1500 }, 'analyzer_timed_out', 'Raise TALLYMAN_ANALYZER_SECONDS_MAX'],
    ['crashes', {}, 'analyzer_crashed', 'crashed (SIGSEGV)'],
    ['gives-up', {}, 'analyzer_crashed', 'ended with 7'],
    ['babbles', {}, 'no_taste', 'Not today.'],
  ])('and %s is gone, and says so', async (behaviour, changes, code, message) => {
    await using folder = await temporaryDirectory()
    const error = await refusal(folder, behaviour, changes)
    expect(error).toBeInstanceOf(InvalidError)
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(message)
  })

  test('is ended by a signal', async () => {
    await using folder = await temporaryDirectory()
    const stop = new AbortController()
    const opening = openApart(
      folder.file('spins'),
      { ...options, format: 'csv', signal: stop.signal },
      limits({ command: faulty }),
    )
    const reason = new Error('stopped')
    void until(async () => (await states(folder)).length === 1).then(() => stop.abort(reason))
    await expect(opening).rejects.toBe(reason)
    await until(async () => (await states(folder)).every((state) => state === 'gone'))
  })

  test('ends with whoever had it read', async () => {
    await using folder = await temporaryDirectory()
    const command = [process.execPath, join(children, 'opens-apart.ts'), folder.file('spins'), ...faulty]
    const parent = Bun.spawn(command, { stdio: ['ignore', 'ignore', 'ignore'] })
    await until(async () => (await states(folder)).length === 1)
    parent.kill('SIGKILL')
    await until(async () => (await states(folder))[0] === 'gone')
  })
})

test('a command has a PDF read apart, and within limits', async () => {
  const pdf = makePdf([
    {
      marks: [
        ['SKU', 'Name', 'Price €'],
        ...Array.from({ length: 20 }, (_, row) => [`A-${row}`, `Bolt M${row}`, `${row + 1}.50`]),
      ].flatMap((cells, row) =>
        cells.map((text, column) => ({ text, x: 60 + column * 160, y: 80 + row * 18 })),
      ),
    },
  ])
  await using program = await openProgram('sqlite')
  const path = await program.write('list.pdf', pdf)
  const { code, out } = await program.run('try', path)
  expect(code).toBe(0)
  expect(out).toContain('Bolt M19')
  expect((await program.run('ingest', path, '--supplier', 'Acme')).code).toBe(0)
  await using narrow = await openProgram('sqlite', { TALLYMAN_ANALYZER_MEMORY_MAX: '64MiB' })
  const refused = await narrow.run('try', path)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('more than 64 MiB of memory')
})

test('read-apart is none of the commands that people use', async () => {
  await using program = await openProgram('sqlite')
  const { code, err } = await program.run('read-apart')
  expect(code).toBe(1)
  expect(err).toContain('use "tallyman try"')
})

/** Of the processes that were started in a folder. */
async function states(folder: TemporaryDirectory): Promise<('alive' | 'gone')[]> {
  const text = await readFile(folder.file('pids'), 'utf8').catch(() => '')
  return text.trim().split('\n').filter(Boolean).map(Number).map(processState)
}
