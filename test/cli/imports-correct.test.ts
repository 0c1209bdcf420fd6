import { describe, expect, test } from 'bun:test'
import { ingestList, pricesOf } from '../helpers/acme.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ErrorJson, type ImportJson, priceList } from '../helpers/lists.ts'

const doubtful = (from: number) =>
  csvOf(
    ['SKU', 'Name', 'Price EUR'],
    ...Array.from({ length: 5 }, (_, n) => [`A-${n}`, `Article number ${n}`, `${n + from}.234`]),
  )

for (const engine of engines) {
  describe(engine, () => {
    test('a held list is read again as it is corrected, published, and its source remembers', async () => {
      await using program = await openProgram(engine)
      const held = await ingestList(program, doubtful(1))
      expect(held.json).toMatchObject({ status: 'held', hold_reasons: [{ code: 'needs_review' }] })
      const corrected = await program.json<ImportJson>('imports', 'correct', held.json.id, '--decimal', 'dot')
      expect(corrected).toMatchObject({
        code: 0,
        json: { id: held.json.id, status: 'completed', hold_reasons: [] },
      })
      expect(await pricesOf(program)).toMatchObject({ 'A-0': '1.234', 'A-4': '5.234' })
      const next = await ingestList(program, doubtful(1).replace('1.234', '1.250'))
      expect(next.json).toMatchObject({ status: 'completed' })
      expect(await pricesOf(program)).toMatchObject({ 'A-0': '1.25' })
      // The same bytes, read the same way: nothing to do.
      const again = await ingestList(program, doubtful(1).replace('1.234', '1.250'))
      expect(again.json.status).toBe('unchanged')
    })

    test('a correction that leaves another doubt is held again, and may be corrected further', async () => {
      await using program = await openProgram(engine)
      const bare = doubtful(1).replace('Price EUR', 'Price')
      const held = await ingestList(program, bare)
      const again = await program.json<ImportJson>('imports', 'correct', 'last', '--decimal', 'comma')
      expect(again).toMatchObject({
        code: 3,
        json: { status: 'held', hold_reasons: [{ code: 'currency_unknown' }] },
      })
      const done = await program.json<ImportJson>('imports', 'correct', held.json.id, '--currency', 'CLP')
      expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
      expect(await pricesOf(program)).toMatchObject({ 'A-0': '1234.00' })
    })

    test('a list that failed for a column that is gone is corrected too', async () => {
      await using program = await openProgram(engine)
      const failed = await ingestList(program, priceList(3), '--map', 'price=Nettopreis')
      expect(failed.json).toMatchObject({ status: 'failed', error: { code: 'unknown_column' } })
      const done = await program.json<ImportJson>('imports', 'correct', failed.json.id, '--map', 'price=auto')
      expect(done).toMatchObject({ code: 0, json: { status: 'completed', error: null } })
    })

    test('what one waiting list was told is not forgotten when another is approved', async () => {
      await using program = await openProgram(engine)
      const [first, second] = [
        await ingestList(program, doubtful(1)),
        await ingestList(program, doubtful(11)),
      ]
      const corrected = await program.json<ImportJson>(
        'imports',
        'correct',
        first.json.id,
        '--decimal',
        'dot',
      )
      expect(corrected.json.status).toBe('completed')
      // It was taken in before anybody said anything.
      const approved = await program.json<ImportJson>('imports', 'approve', second.json.id)
      expect(approved.json.status).toBe('completed')
      const next = await ingestList(program, doubtful(21), '--no-hold')
      expect(next.json.status).toBe('completed')
      expect(await pricesOf(program)).toMatchObject({ 'A-0': '21.234' })
    })

    test('a correction that the list cannot follow leaves no counts of another reading, and is taken back', async () => {
      await using program = await openProgram(engine)
      const { json } = await ingestList(program, doubtful(1))
      const failed = await program.json<ImportJson>(
        'imports',
        'correct',
        json.id,
        '--map',
        'price=Nettopreis',
      )
      expect(failed.json).toMatchObject({ status: 'failed', counts: { read: 0 }, changes: { new: 0 } })
      const taken = ['--map', 'price=auto', '--decimal', 'dot']
      const done = await program.json<ImportJson>('imports', 'correct', json.id, ...taken)
      expect(done.json).toMatchObject({ status: 'completed', counts: { accepted: 5 } })
    })

    test('a limit is remembered although the list has not changed', async () => {
      await using program = await openProgram(engine)
      await ingestList(program, priceList(5))
      const same = await ingestList(program, priceList(5), '--limit', 'moved-share=off')
      expect(same.json.status).toBe('unchanged')
      const dearer = await ingestList(program, priceList(5).replaceAll('0.00', '00.00'))
      expect(dearer.json.status).toBe('completed')
    })

    test('what is published cannot be corrected, only handed in again', async () => {
      await using program = await openProgram(engine)
      const { json } = await ingestList(program, priceList(3))
      const late = await program.json<ErrorJson>('imports', 'correct', json.id, '--map', 'price=C')
      expect([late.code, late.json.error.code]).toEqual([1, 'not_correctable'])
      expect(await pricesOf(program)).toHaveProperty('A-0', '10.00')
    })
  })
}

test('a held list says what to type', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', doubtful(1))
  const { out } = await program.run('ingest', path, '--supplier', 'Acme')
  expect(out).toMatch(
    /or put it right: tallyman imports correct [0-9a-f-]{36}, with what is true:\n {2}--decimal dot/,
  )
})

test('what is said of a held list is said once; a list that failed says how to go on', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', doubtful(1))
  await program.run('ingest', path, '--supplier', 'Acme')
  const { out } = await program.run('imports', 'show', 'last')
  expect(out.split('--decimal comma')).toHaveLength(2)
  expect(out.split('can be read in two ways')).toHaveLength(2)
  expect(out).toContain('Items, if it is approved: 5 new.')
  const failed = await program.run('imports', 'correct', 'last', '--sheet', 'Foo')
  expect(failed.err).toMatch(
    / sheet "Foo".*\nPut it right: tallyman imports correct [0-9a-f-]{36}, with --map/,
  )
  expect(failed.out).not.toContain('Items')
})

test('corrections are refused where there is nothing to correct', async () => {
  await using program = await openProgram('sqlite')
  for (const argv of [
    ['imports', 'correct', 'last'],
    ['imports', 'approve', 'last', '--map', 'price=C'],
    ['imports', '--decimal', 'dot'],
  ])
    expect((await program.run(...argv)).code).toBe(2)
})
