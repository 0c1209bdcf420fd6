import { expect, test } from 'bun:test'
import { diskFull } from '../../scripts/lib/faults/disk-full.ts'
import { fetchKills } from '../../scripts/lib/faults/fetch-kills.ts'
import { misses } from '../../scripts/lib/faults/figure.ts'

// A slice of scripts/faults --only fetch-kills, which kills a thousand times.
test('of what was accepted nothing is lost, and of what was not nothing stays, wherever a process is killed', async () => {
  expect((await fetchKills({ kills: 14 })).flatMap(misses)).toEqual([])
}, 300_000)

// Where this user may mount no disk, nothing is tried.
test.skipIf(process.getuid?.() !== 0)(
  'a list that finds no room at whatever point is taken in as soon as there is some',
  async () => {
    expect(((await diskFull({ handedIn: 32, fetched: 0, isHeld: false })) ?? []).flatMap(misses)).toEqual([])
  },
  300_000,
)
