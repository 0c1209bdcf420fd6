import { describe, expect, test } from 'bun:test'
import { ingestList } from '../helpers/acme.ts'
import { filesWithHashes, openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ImportJson, priceList } from '../helpers/lists.ts'

for (const engine of engines) {
  describe(engine, () => {
    describe('--dry-run', () => {
      test('writes nothing at all and shows what the import then does', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, priceList(20), '--full')
        const next = priceList(21, (n) => {
          if (n === 3) return null
          return n === 4 ? { price: '15.00' } : n === 5 ? { name: 'Renamed' } : n === 6 ? { price: '?' } : {}
        })
        await program.write('list.csv', next)
        const [contents, files] = [await program.contents(), await filesWithHashes(program.dataFolder)]
        const dry = await program.json<ImportJson>(
          'ingest',
          'list.csv',
          '--supplier',
          'acme',
          '--full',
          '--dry-run',
        )
        expect(await program.contents()).toEqual(contents)
        expect(await filesWithHashes(program.dataFolder)).toEqual(files)

        const real = await ingestList(program, next, '--full')
        expect(dry.json.changes).toEqual(real.json.changes)
        expect(dry.json.counts).toEqual(real.json.counts)
        expect(real.json.changes).toMatchObject({ new: 1, changed: 2, price_up: 1, gone: 1 })
        expect([dry.code, real.code]).toEqual([3, 3])
      })

      test('names how far prices would move, as the import does then and `imports show` later', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, priceList(10), '--full')
        const next = priceList(10, (n) => {
          if (n === 3) return null
          return n < 2
            ? { price: `${n + 10}.50` }
            : n === 5
              ? { name: 'Renamed' }
              : n === 6
                ? { price: '1.00' }
                : {}
        })
        await program.write('list.csv', next)
        const options = ['ingest', 'list.csv', '--supplier', 'Acme', '--full', '--no-hold']
        const dry = await program.run(...options, '--dry-run')
        const real = await program.run(...options)
        for (const { out } of [dry, real]) {
          expect(out).toContain(
            'Prices moved: 1 by less than 5 %, 1 by 5–20 %, 1 by 50 % or more; the one in the middle by +4.5 %.',
          )
          expect(out).toMatch(/Largest rise: A-0 .*, 10\.00 → 10\.50 EUR \(\+5 %\)/)
          expect(out).toMatch(/Largest fall: A-6 .* → 1\.00 EUR \(−93.8 %\)/)
        }
        const shown = await program.run('imports', 'show', 'last')
        expect(shown.out).toContain('Changed besides prices: name of 1.')
        expect(shown.out).toMatch(/\nGone\nSKU +NAME +PRICE +CURRENCY\nA-3 /)
        const { json } = await program.json<{ report: unknown }>('imports', 'show', 'last')
        expect(json.report).toMatchObject({ counts: { gone: 1, price_down: 1 }, fields: { name: 1 } })
      })

      test('names why the import would be held', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, priceList(20), '--full')
        const { code, json, out } = await ingestList(program, priceList(5), '--full', '--dry-run')
        expect([code, json.hold_reasons.map((reason) => reason.code)]).toEqual([3, ['items_missing']])
        expect(out).toContain('"dry_run":true')
        const text = await program.run('ingest', 'list.csv', '--supplier', 'Acme', '--full', '--dry-run')
        expect(text.out).toContain('It would be held:\n  Only 5 of the 20 items')
        expect(text.out).toContain('mark 15 gone')
      })

      test('of a supplier that is not known yet finds everything new, and the supplier stays unknown', async () => {
        await using program = await openProgram(engine)
        await program.run('migrate', 'up')
        const { code, json } = await ingestList(program, priceList(5), '--dry-run')
        expect([code, json.changes.new]).toEqual([0, 5])
        expect(await program.rows('select * from suppliers')).toEqual([])
      })

      test('of a file that is no price list fails like the import', async () => {
        await using program = await openProgram(engine)
        await program.run('migrate', 'up')
        const { code, json, err } = await ingestList(
          program,
          'Dear Sir,\nplease find our list.\n',
          '--dry-run',
        )
        expect([code, json.error!.code]).toEqual([1, 'not_a_price_list'])
        expect(err).toStartWith('tallyman: list.csv: This is not a price list.')
      })
    })

    describe('an import is held, and published where that limit is off or --no-hold is given,', () => {
      const unnamed = csvOf(...Array.from({ length: 20 }, (_, n) => [`B-${n}`, `Bolt M${n}`, `${n + 10}.00`]))
      const cases: { when: string; list: string; code: string; off: string[] | null }[] = [
        {
          when: 'a full list has under half of its items',
          list: priceList(9),
          code: 'items_missing',
          off: ['items-kept=off'],
        },
        {
          when: 'more than 30 % of the prices moved by more than 50 %',
          list: priceList(20, (n) => (n < 7 ? { price: `${(n + 10) * 2}.00` } : {})),
          code: 'prices_moved',
          off: ['moved-share=off'],
        },
        {
          when: 'more than 10 % of the rows were rejected',
          list: priceList(20, (n) => (n < 3 ? { price: 'broken' } : n === 3 ? { name: 'Renamed' } : {})),
          code: 'rows_rejected',
          off: ['rejected-share=off'],
        },
        {
          when: 'the list does not say its currency',
          list: priceList(20).replace(' EUR', ''),
          code: 'currency_unknown',
          off: null,
        },
        { when: 'it is not sure which column is which', list: unnamed, code: 'low_confidence', off: null },
      ]
      for (const { when, list, code, off } of cases) {
        test(`when ${when}`, async () => {
          await using program = await openProgram(engine)
          await ingestList(program, priceList(20), '--full')
          const before = await program.catalog()
          const held = await ingestList(program, list, '--full')
          expect(held).toMatchObject({ code: 3, json: { status: 'held' } })
          expect(held.json.hold_reasons.map((reason) => reason.code)).toContain(code)
          expect(await program.catalog()).toEqual(before)
          expect(await program.leftovers()).toEqual([])

          const text = await program.run('ingest', 'list.csv', '--supplier', 'Acme', '--full', '--force')
          expect(text.out).toContain('is held for approval; the catalog is as it was.')
          expect(text.out).toContain('tallyman imports approve ')
          const limits = (off ?? []).flatMap((limit) => ['--limit', limit])
          const options = off === null ? ['--no-hold'] : limits
          const published = await ingestList(program, list, '--full', ...options)
          expect(['completed', 'partial_success']).toContain(published.json.status)
          expect(await program.catalog()).not.toEqual(before)
        })
      }

      test('and a limit that was moved is remembered', async () => {
        await using program = await openProgram(engine)
        await ingestList(program, priceList(20), '--full', '--limit', 'rejected-share=35%')
        const { json } = await ingestList(
          program,
          priceList(20, (n) => (n < 7 ? { price: '?' } : {})),
        )
        expect(json.status).toBe('partial_success')
        const held = await ingestList(
          program,
          priceList(20, (n) => (n < 8 ? { price: '?' } : {})),
        )
        expect(held.json.status).toBe('held')
      })
    })
  })
}

test('of many rejected rows the first are shown, and where the others are', async () => {
  await using program = await openProgram('sqlite')
  const ingest = async (rejected: number) => {
    const list = priceList(100, (n) => (n % 4 === 3 && n < rejected * 4 ? { price: '?' } : {}))
    const path = await program.write('list.csv', list)
    return (await program.run('ingest', path, '--supplier', `Acme ${rejected}`)).out
  }
  expect(await ingest(25)).toMatch(
    /\n… and 5 more, in all 25 unreadable_price; tallyman imports show [0-9a-f-]{36} --limit N shows them\.\n/,
  )
  expect(await ingest(20)).not.toContain('… and')
})
