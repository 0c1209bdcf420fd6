import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { answerFaults, bodyOf, type Document, type Place, placesOf } from '../helpers/witness.ts'
import { cases, send } from './contract/cases.ts'
import { wayTo } from './contract/recipes.ts'
import { successes } from './contract/successes.ts'
import { openWorld, type World } from './contract/world.ts'

setDefaultTimeout(120_000)

const document = await documentOf()
const places = placesOf(document)
const statusesOf = ({ operation }: Place) => Object.keys(operation.responses).map(Number)

async function documentOf(): Promise<Document> {
  await using program = await openProgram('sqlite')
  return JSON.parse((await program.run('openapi')).out)
}

test('every status that the document has can be had, and no way leads to one that it has not', () => {
  const unreachable = places.flatMap((place) =>
    statusesOf(place)
      .filter((status) => wayTo(place, status) === null)
      .map((status) => `${place.operation.operationId} ${status}`),
  )
  expect(unreachable).toEqual([])
  const documented = new Map(places.map((place) => [place.operation.operationId, statusesOf(place)]))
  const stale = [
    ...Object.keys(successes).filter((id) => !documented.has(id)),
    ...Object.entries(cases).flatMap(([id, ways]) =>
      Object.keys(ways)
        .filter((status) => !documented.get(id)?.includes(Number(status)))
        .map((status) => `${id} ${status}`),
    ),
  ]
  expect(stale).toEqual([])
  expect(places.length).toBeGreaterThan(100)
  expect(places.flatMap(statusesOf).length).toBeGreaterThan(800)
})

for (const engine of engines)
  describe(engine, () => {
    let world: World | null = null
    beforeAll(async () => {
      world = await openWorld(engine)
    })
    afterAll(() => world?.[Symbol.asyncDispose]())

    for (const place of places) {
      const statuses = statusesOf(place)
      test(`${place.method} ${place.template} answers ${statuses.join(', ')} as its document says`, async () => {
        const found = []
        for (const status of statuses) found.push(await answered(world!, place, status))
        expect(found).toEqual(statuses.map((status) => ({ status, faults: [] })))
      })
    }
  })

/** Goes the way to a status. @returns the status that was had, and what about the answer is not as documented */
async function answered(world: World, place: Place, status: number) {
  const way = wayTo(place, status)
  if (way === null) return { status: 0, faults: ['nobody knows how to get there'] }
  const asked = await way(world)
  const response = asked instanceof Response ? asked : await send(world, place.method, asked)
  const body = await bodyOf(response)
  const faults = answerFaults(document, place.operation, response, body)
  const isOther = response.status !== status && body !== null && 'json' in body
  return { status: response.status, faults: isOther ? [...faults, JSON.stringify(body)] : faults }
}
