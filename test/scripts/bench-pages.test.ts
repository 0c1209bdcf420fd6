import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { ArgumentError } from '../../scripts/lib/bench/arguments.ts'
import { parseArguments } from '../../scripts/lib/bench/pages/arguments.ts'
import { measureAdminPage } from '../../scripts/lib/bench/pages/pages.ts'
import { reportText } from '../../scripts/lib/bench/pages/table.ts'
import { sqlitePlaces } from '../../scripts/lib/bench/places.ts'
import { browserProgram } from '../helpers/browser.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** From source: what is looked at here is the benchmark. */
const program = [process.execPath, '--no-env-file', join(import.meta.dir, '../../src/main.ts')]

test('a million items and lists of 100,000 rows are measured unless something else is asked for', () => {
  expect(parseArguments([])).toMatchObject({
    only: ['first', 'items', 'lists'],
    items: 1_000_000,
    rows: 100_000,
    db: null,
  })
  expect(parseArguments(['--quick', '--rows', '1000', '--only', 'items,first'])).toMatchObject({
    only: ['items', 'first'],
    items: 2000,
    rows: 1000,
  })
  expect(parseArguments(['--help'])).toBeNull()
  for (const wrong of [
    ['--only', 'everything'],
    ['--items', '12'],
    ['--db', 'catalog.db', '--postgres'],
    ['--quickly'],
  ])
    expect(() => parseArguments(wrong)).toThrow(ArgumentError)
})

describe.skipIf(browserProgram === null)('in a browser', () => {
  test('a small run opens, scrolls, searches, filters and pages, and counts each', async () => {
    await using directory = await temporaryDirectory()
    const places = sqlitePlaces(directory.path)
    const options = {
      ...{ only: ['first', 'items', 'lists'], items: 400, rows: 120, rounds: 1, turns: 2, idleSeconds: 1 },
      ...{ postgres: false, db: null, program: null, json: null },
    } satisfies Parameters<typeof measureAdminPage>[0]
    const report = await measureAdminPage(options, {
      ...{ program, browser: browserProgram!, places, place: await places.fresh() },
      ...{ folder: directory.path, say: () => {} },
    })
    expect(report.about).toBe('400 items on SQLite')
    expect(Object.values(report.first!).map((times) => times.length)).toEqual([1, 1, 1])
    expect(report.items!.map(({ name, answered }) => `${answered.length} ${name}`)).toEqual([
      '1 opened from the overview',
      '0 scrolled',
      '2 paged forward',
      '2 paged back',
      '1 searched for a word',
      '1 searched for two words',
      '1 searched for a SKU',
      '1 filter cleared',
      '1 filtered by supplier',
      '1 filter cleared',
      '1 filtered by brand',
      '1 filter cleared',
      '1 filtered by price',
      '1 filter cleared',
      '1 filtered by a characteristic',
      '2 paged within it',
      '1 filter cleared',
      '0 looked at for 1 s',
    ])
    // As many jobs and imports as rows, and those of the three lists beside them; one page holds 50.
    expect(report.lists!.map(({ name, turned }) => `${turned.length} ${name}`)).toEqual([
      '4 jobs',
      '0 jobs that are dead',
      '0 dead letters by cause',
      '4 imports',
      '0 imports that are held',
      '4 rejected rows of an import',
      '4 changed items of an import',
      '0 new items of an import',
    ])
    expect(report.lists!.every(({ opened }) => opened.length === 3)).toBe(true)
    expect(reportText(report)).toContain('| filtered by brand |')
  }, 600_000)
})
