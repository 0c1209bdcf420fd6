import { expect, test } from 'bun:test'
import { insist } from '../../src/courier/insist.ts'
import { ConflictError, UnavailableError } from '../../src/lib/errors.ts'
import { rejection } from '../helpers/open-database.ts'

const away = () => Object.assign(new Error('terminating connection'), { code: '57P01' })

test('what has to be written is written once the database is back', async () => {
  const errors: unknown[] = [away(), new UnavailableError('database_unavailable', 'It is away.'), away()]
  const told: unknown[] = []
  const write = async () => {
    const error = errors.shift()
    if (error !== undefined) throw error
    return 'written'
  }
  const onFailure = (error: unknown) => told.push(error)
  expect(await insist(write, { forMs: 60_000, onFailure })).toBe('written')
  expect(told).toHaveLength(3)
})

test('it ends some time, and what will never be written is not tried again', async () => {
  let tries = 0
  const failing = (error: unknown) => async () => {
    tries++
    throw error
  }
  const options = { forMs: 0, onFailure: () => {} }
  expect(await rejection(insist(failing(away()), options))).toMatchObject({ code: '57P01' })
  const lost = failing(new ConflictError('lease_lost', 'Somebody else has it.'))
  expect(await rejection(insist(lost, { ...options, forMs: 60_000 }))).toMatchObject({ code: 'lease_lost' })
  expect(tries).toBe(2)
})
