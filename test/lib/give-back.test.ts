import { expect, test } from 'bun:test'
import { giveBack } from '../../src/lib/give-back.ts'

test('the memory of a whole piece is given back, and that of a part stays with its neighbours', () => {
  const whole = Buffer.alloc(1000, 7)
  giveBack(whole)
  expect([whole.length, whole.buffer.byteLength]).toEqual([0, 0])

  const all = new Uint8Array(1000).fill(7)
  const begin = all.subarray(0, 500)
  giveBack(begin)
  expect([begin.length, all.length, all[999]]).toEqual([500, 1000, 7])
  const end = all.subarray(500)
  giveBack(end)
  expect([end.length, all[999]]).toEqual([500, 7])
  giveBack(new Uint8Array(0))
})
