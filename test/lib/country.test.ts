import { expect, test } from 'bun:test'
import { isCountry } from '../../src/lib/country.ts'

test('countries are known by their two letters, and nothing else is one', () => {
  for (const code of ['DE', 'DK', 'GB', 'US', 'CH']) expect([code, isCountry(code)]).toEqual([code, true])
  for (const code of ['', 'de', 'DEU', 'XX', 'ZZ', 'EU', 'UK', 'D1', '00'])
    expect([code, isCountry(code)]).toEqual([code, false])
})
