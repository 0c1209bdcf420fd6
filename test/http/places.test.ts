import { expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { openWho } from '../../src/auth/who.ts'
import { openPlaces } from '../../src/http/places.ts'
import { UnavailableError } from '../../src/lib/errors.ts'

test('places are counted by user and, where nobody signs in, by address; and in all', () => {
  const who = openWho()
  const refusal = () => new UnavailableError('full', 'All places are taken.')
  const places = openPlaces({ who, perAsker: 2, inAll: { max: 5, refusal }, what: 'exports' })
  const asked = (id: string | null, address: string, tokenId: string | null = null) => {
    const request = new Request('http://localhost/')
    who.is(request, { ...consoleActor, kind: 'token', id, tokenId })
    who.comesFrom(request, () => ({ address, userAgent: null, isSecure: false }))
    return request
  }
  const codeOf = (take: () => unknown) => {
    try {
      take()
      return null
    } catch (error) {
      return error instanceof UnavailableError ? error.code : error
    }
  }
  const leave = places.take(asked('ada', '10.0.0.1', 'one'))
  places.take(asked('ada', '10.0.0.2', 'two'))
  expect(codeOf(() => places.take(asked('ada', '10.0.0.3')))).toBe('too_many_of_yours')
  // An IPv6 address stands for the network that its owner was given.
  places.take(asked(null, '2001:db8:1:2::1'))
  places.take(asked(null, '2001:db8:1:2::2'))
  expect(codeOf(() => places.take(asked(null, '2001:db8:1:2::3')))).toBe('too_many_of_yours')
  places.take(asked(null, '10.0.0.1'))
  expect(codeOf(() => places.take(asked(null, '10.0.0.9')))).toBe('full')
  leave()
  leave()
  places.take(asked('ada', '10.0.0.1'))
  expect(codeOf(() => places.take(asked('bob', '10.0.0.9')))).toBe('full')
})
