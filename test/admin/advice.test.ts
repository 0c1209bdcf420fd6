import { describe, expect, test } from 'bun:test'
import { pageText } from '../../src/admin/format/advice.ts'

describe('messages on a page', () => {
  test('name no options of the command line', () => {
    expect(pageText('If it is one, say which column is which (--map name=A,price=C).')).toBe(
      'If it is one, say which column is which.',
    )
    expect(
      pageText(
        'Approve it if that is right, or correct it with --map price=COLUMN (C is the one that was taken); ' +
          'another list needs a source of its own (--source).',
      ),
    ).toBe(
      'Approve it if that is right, or correct the columns (C is the one that was taken); another list needs a source of its own.',
    )
    expect(pageText('Column "Part" (A) holds 100 % known SKUs: --map sku=A.')).toBe(
      'Column "Part" (A) holds 100 % known SKUs.',
    )
  })

  test('are otherwise as the service says them', () => {
    const said = 'The file "a--b (--).csv" has rows (12) -- and more: --nothing.'
    expect(pageText(said)).toBe(said)
  })
})
