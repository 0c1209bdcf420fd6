import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { appendFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ingestList } from '../helpers/acme.ts'
import { realClock, runAhead } from '../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson, priceList } from '../helpers/lists.ts'

setDefaultTimeout(60_000)

interface ArchivedJson {
  sha256: string
  size_bytes: number
  stored_bytes: number
  is_packed: boolean
  reason: string
  last_read: { file_name: string; supplier: string } | null
}
interface VerifiedJson {
  files: number
  counts: { damaged: number; missing: number; unknown: number }
  faults: { sha256: string; kind: string }[]
}

const filesOf = async (program: TestProgram, ...options: string[]) =>
  (await program.json<{ files: ArchivedJson[] }>('archive', 'list', ...options)).json.files

const pathOf = ({ dataFolder }: TestProgram, sha256: string) =>
  join(dataFolder, 'raw', sha256.slice(0, 2), sha256)

const twoPrices = csvOf(
  ['SKU', 'Name', 'Price EUR', 'Sale EUR'],
  ...Array.from({ length: 10 }, (_, n) => [`A-${n}`, `Article ${n}`, `${n + 10}.00`, `${n + 9}.00`]),
)

for (const engine of engines) {
  describe(engine, () => {
    test('what is kept is listed with why, and is given back to the byte, into a new file or a pipe', async () => {
      await using program = await openProgram(engine)
      const list = `${priceList(20)}Ü;ö;1.00\n`
      await ingestList(program, list)
      await ingestList(program, priceList(21))
      const [second, first] = await filesOf(program)
      expect(first).toMatchObject({ last_read: { file_name: 'list.csv', supplier: 'Acme' } })
      expect([second!.reason, first!.reason]).toEqual(['last_list', 'recent'])
      const table = await program.run('archive')
      expect(table.out).toMatch(/^HASH +FETCHED \(UTC\) +LIST +FILE +SIZE +STORED +KEPT\n/)
      expect(table.out).toContain('the last list of its source')
      expect(await filesOf(program, '--supplier', 'acme', '--limit', '1')).toEqual([second!])
      expect(await filesOf(program, '--source', 'Acme/upload', '--since', '2999-01-01')).toEqual([])

      const hash = first!.sha256.slice(0, 8)
      const piped = await program.run('archive', 'get', hash)
      expect(piped.out).toBe(list)
      const written = await program.run('archive', 'get', hash, '--out', 'copy.csv')
      expect(written.out).toBe(`${Buffer.byteLength(list)} bytes are in copy.csv.\n`)
      expect(await Bun.file(join(program.folder, 'copy.csv')).text()).toBe(list)
      const again = await program.run('archive', 'get', hash, '--out', 'copy.csv')
      expect([again.code, again.err]).toEqual([1, expect.stringContaining('there already')])
    })

    test('a file that was packed says so, and is given back, verified and replayed as it came', async () => {
      await using program = await openProgram(engine)
      const list = priceList(2000)
      const path = await program.write('list.csv', list)
      await program.runWith({ clock: realClock }, 'ingest', path, '--supplier', 'Acme')
      const packed = await runAhead(program, 3, 'cleanup', 'pack-archive')
      expect(packed.err).toBe('')
      const [file] = await filesOf(program)
      expect(file).toMatchObject({ is_packed: true, size_bytes: list.length })
      expect(file!.stored_bytes).toBeLessThan(list.length * 0.8)
      expect((await program.runWith({ clock: realClock }, 'archive')).out).toContain(' packed')
      // A clock that is a day behind is no reason to stop.
      expect((await program.run('archive')).out).toContain(' packed')
      expect((await program.run('archive', 'get', file!.sha256)).out).toBe(list)
      expect((await program.run('archive', 'verify')).out).toContain('1 file read')
      const shown = await program.json<ImportJson>('archive', 'replay', file!.sha256)
      expect([shown.code, shown.json.counts.unchanged]).toEqual([0, 2000])
    })

    test('what is asked for wrongly is named', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, priceList(3))
      const wrong: [string[], number, string][] = [
        [['get'], 2, 'which file?'],
        [['list', 'abcdef'], 2, 'takes no file'],
        [['list', '--map', 'price=C'], 2, 'go with "archive replay HASH"'],
        [['list', '--publish'], 2, '--publish goes with "archive replay", not with "list"'],
        [['list', '--since', 'x'], 2, '--since must be a day'],
        [['list', '--supplier', 'Nobody'], 1, 'There is no supplier "Nobody"'],
        [['list', '--source', 'Acme/uplaod'], 1, 'Acme/upload'],
        [['get', 'xyz'], 1, 'no SHA-256'],
        [['get', 'ffffffffff'], 1, 'There is no file ffffffffff'],
        [['replay', 'ffffffffff'], 1, 'There is no file ffffffffff'],
      ]
      for (const [argv, code, text] of wrong) {
        const outcome = await program.run('archive', ...argv)
        expect([argv, outcome.code, outcome.err]).toEqual([argv, code, expect.stringContaining(text)])
      }
    })

    test('a damaged, a missing and an unknown file are found, and stay as they are', async () => {
      await using program = await openProgram(engine)
      for (let n = 0; n < 4; n++) await ingestList(program, priceList(3 + n))
      const verify = () => program.json<VerifiedJson>('archive', 'verify')
      const [fourth, third] = await filesOf(program)
      const whole = await program.run('archive', 'verify')
      expect([whole.code, whole.out]).toEqual([
        0,
        expect.stringMatching(/^4 files read \(.* kB|bytes\): all are as/),
      ])

      const unknown = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
      await mkdir(join(program.dataFolder, 'raw', 'e3'), { recursive: true })
      await Bun.write(pathOf(program, unknown), '')
      expect(await verify()).toMatchObject({
        code: 0,
        json: { files: 5, counts: { damaged: 0, missing: 0, unknown: 1 }, faults: [{ sha256: unknown }] },
      })
      await appendFile(pathOf(program, third!.sha256), '\n')
      await rm(pathOf(program, fourth!.sha256))
      const { code, json } = await verify()
      expect([code, json.counts]).toEqual([1, { damaged: 1, missing: 1, unknown: 1 }])
      expect(Object.fromEntries(json.faults.map(({ sha256, kind }) => [sha256, kind]))).toEqual({
        [unknown]: 'unknown',
        [third!.sha256]: 'damaged',
        [fourth!.sha256]: 'missing',
      })
      const one = await program.run('archive', 'verify', third!.sha256.slice(0, 10))
      expect([one.code, one.out]).toEqual([1, expect.stringContaining(`damaged: ${third!.sha256}`)])
      expect(await Bun.file(pathOf(program, third!.sha256)).exists()).toBe(true)
    })

    test('a damaged file is not given as if it were the list', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, priceList(20))
      const [file] = await filesOf(program)
      await Bun.write(pathOf(program, file!.sha256), priceList(20).replace('1', '2'))
      for (const options of [['--out', 'copy.csv'], []]) {
        const { code, err } = await program.run('archive', 'get', file!.sha256, ...options)
        expect([code, err]).toEqual([1, expect.stringContaining('is damaged')])
      }
      expect(await Bun.file(join(program.folder, 'copy.csv')).exists()).toBe(false)
    })

    test('a list is replayed through a draft mapping: shown first, published when it is approved', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, twoPrices)
      const [file] = await filesOf(program)
      const hash = file!.sha256.slice(0, 12)
      const before = await program.catalog()
      const draft = await program.run('archive', 'replay', hash, '--map', 'price=D')
      expect([draft.code, draft.err]).toEqual([0, ''])
      expect(draft.out).toContain('is held for approval; the catalog is as it was.')
      expect(draft.out).toContain('It replays the list that was fetched on ')
      expect(draft.out).toContain('Items, if it is approved: 10 changed, 10 cheaper.')
      expect(draft.out).toMatch(
        /Largest falls\nSKU +NAME +OLD +NEW +CURRENCY +MOVE\nA-0 +Article 0 +10\.00 +9\.00 +EUR +−10 %/,
      )
      expect(await program.catalog()).toEqual(before)

      const second = await program.run('archive', 'replay', hash, '--map', 'price=D')
      expect(second.err).toContain('an earlier replay of this list that was held, was given up')
      const approved = await program.json<ImportJson>('imports', 'approve', 'last')
      expect([approved.code, approved.json.status, approved.json.changes.price_down]).toEqual([
        0,
        'completed',
        10,
      ])
      // Its source has learned the mapping.
      const next = await ingestList(program, `${twoPrices}A-9x;New;5.00;4.00\n`)
      expect(next.json.changes).toMatchObject({ new: 1, changed: 0 })
    })

    test('an old list shows its difference to today, and says that a newer one was published', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, priceList(10), '--full')
      await ingestList(program, priceList(12), '--full')
      const old = (await filesOf(program))[1]!.sha256
      const shown = await program.json<ImportJson>('archive', 'replay', old)
      expect([shown.code, shown.json.status, shown.json.changes]).toMatchObject([
        0,
        'held',
        { gone: 2, changed: 0 },
      ])
      expect(shown.json.hold_reasons[0]!.message).toContain(
        'a newer list of the same source was published on',
      )
      const published = await program.json<ImportJson>('archive', 'replay', old, '--publish')
      expect([published.code, published.json.error!.code]).toEqual([1, 'stale_data'])
    })
  })
}
