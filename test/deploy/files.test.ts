import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { parseArguments } from '../../src/cli/arguments.ts'
import { commands } from '../../src/cli/index.ts'
import { describeSettings, loadConfig } from '../../src/config.ts'
import { openProgram } from '../helpers/cli.ts'
import { startRole } from '../helpers/roles.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const root = join(import.meta.dir, '../..')
const read = (name: string) => Bun.file(join(root, name)).text()

/** What these tests look at of compose.yaml. */
interface Service {
  image: string
  command?: string[]
  environment: Record<string, string>
  ports?: string[]
  restart?: string
  volumes?: string[]
  healthcheck?: unknown
  deploy?: { replicas: number }
  depends_on?: Record<string, { condition: string }>
}

// What is not so makes the tests below fail.
const compose = Bun.YAML.parse(await read('compose.yaml')) as {
  services: Record<string, Service>
  volumes: Record<string, null>
}
const dockerfile = await read('Dockerfile')
const units = ['deploy/tallyman.service', 'deploy/tallyman-worker@.service']
const ofOurs = Object.entries(compose.services).filter(([, { image }]) => image === 'tallyman')

/** As compose does it, with the same text, like those of `openssl rand -hex 32`, for everything that has no default. */
const filledIn = (text: string) =>
  text.replace(/\$\{\w+(?:(:-)([^}]*)|:\?[^}]*)?\}/g, (_, hasDefault, otherwise) =>
    hasDefault === undefined ? 'a0b1c2d3e4f5a6b7c8d9'.repeat(4).slice(0, 64) : otherwise,
  )

/** `ENV A=1 B=2` of the Dockerfile. */
const imageEnvironment = () =>
  Object.fromEntries(
    [...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, pairs = '']) =>
      pairs.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    ),
  )

/** @throws UsageError when there is no such command, or it takes no such arguments */
function checkCommand([name, ...rest]: string[]): void {
  const command = commands.find((each) => each.name === name)
  if (command === undefined) throw new Error(`there is no command ${name}`)
  parseArguments(rest, command)
}

describe('compose.yaml', () => {
  test('runs every role with a command that there is', () => {
    expect(ofOurs.map(([name, { command }]) => [name, command![0]!])).toEqual([
      ['service', 'serve'],
      ['worker', 'worker'],
      ['scheduler', 'scheduler'],
    ])
    for (const [, { command }] of ofOurs) checkCommand(command!)
    expect(compose.services.worker!.deploy).toEqual({ replicas: 2 })
  })

  test('sets only what is a setting, to values that are taken', () => {
    const known = describeSettings().map(({ name }) => name)
    for (const [service, { environment }] of ofOurs) {
      expect([service, Object.keys(environment).filter((name) => !known.includes(name))]).toEqual([
        service,
        [],
      ])
      const values = Object.entries(environment).map(([name, value]) => [name, filledIn(value)])
      const config = loadConfig({ ...imageEnvironment(), ...Object.fromEntries(values) }, '/data')
      expect(config.databaseUrl).toStartWith('postgres://tallyman:')
      expect(config.healthPort).toBe(config.port)
    }
  })

  test('publishes nothing but the service, and that on loopback', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, filledIn(port)]),
    )
    expect(published).toEqual([['service', '127.0.0.1:8420:8420']])
  })

  test('starts again what ends, and keeps what must be kept', () => {
    for (const service of Object.values(compose.services)) expect(service.restart).toBe('unless-stopped')
    for (const [, { volumes }] of ofOurs) expect(volumes).toEqual(['data:/data', 'uploads:/shared/uploads'])
    expect(Object.keys(compose.volumes)).toEqual(['data', 'uploads', 'postgres'])
    for (const name of ['postgres', 'redis']) expect(compose.services[name]!.healthcheck).toBeDefined()
    for (const [, { depends_on }] of ofOurs)
      expect(depends_on).toMatchObject({ postgres: { condition: 'service_healthy' } })
  })

  test('takes passwords from outside, and starts without none of them', async () => {
    const text = await read('compose.yaml')
    const required = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!)
    expect([...new Set(required)].sort()).toEqual([
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'TALLYMAN_SECRET_KEY',
    ])
    expect(compose.services.redis!.command).toContain('--requirepass')
    // Those that it demands are those that its head tells how to make.
    expect(/for name in ([A-Z_ ]+);/.exec(text)?.[1]?.split(' ').sort()).toEqual(
      [...new Set(required)].sort(),
    )
  })
})

describe('the Dockerfile', () => {
  test('sets only what is a setting, and ends as somebody other than root', () => {
    const known = describeSettings().map(({ name }) => name)
    expect(Object.keys(imageEnvironment()).filter((name) => !known.includes(name))).toEqual([])
    expect([...dockerfile.matchAll(/^USER (.+)$/gm)].map(([, user]) => user)).toEqual(['tallyman'])
    checkCommand(JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)![1]!))
  })

  test('builds with the Bun that the lockfile has', async () => {
    const { devDependencies } = await Bun.file(join(root, 'package.json')).json()
    expect(dockerfile).toContain(`FROM oven/bun:${devDependencies.bun} AS build`)
  })

  test('copies what the build reads', async () => {
    const kept = (await read('.dockerignore')).split('\n').filter((line) => line.startsWith('!'))
    for (const path of ['src', 'drizzle', 'scripts/lib', 'package.json', 'package-lock.json', '.npmrc'])
      expect(kept).toContain(`!${path}`)
  })
})

test('the image finds its service, or whatever other role it runs, to be well or not', async () => {
  const script = /CMD BUN_BE_BUN=1 tallyman -e '(.+)'$/m.exec(dockerfile)![1]!
  const check = (ports: Record<string, string>) =>
    Bun.spawn([process.execPath, '-e', script], { env: ports, stderr: 'ignore' }).exited
  await using program = await openProgram('sqlite')
  await using worker = await startRole(program, ['worker'], 'working', { TALLYMAN_HEALTH_PORT: '0' })
  const { url } = worker.events.find(({ message }) => message === 'listening for health checks')!
  const { port } = new URL(String(url))
  expect(await check({ PORT: '1', TALLYMAN_HEALTH_PORT: port })).toBe(0)
  expect(await check({ PORT: port, TALLYMAN_HEALTH_PORT: port })).toBe(0)
  expect(await check({ PORT: '1', TALLYMAN_HEALTH_PORT: '1' })).not.toBe(0)
}, 60_000)

describe('the systemd units', () => {
  for (const unit of units) {
    test(`${unit} starts a command that there is, with settings that there are`, async () => {
      const text = await read(unit)
      const [, line] = /^ExecStart=\/usr\/local\/bin\/tallyman (.+)$/m.exec(text)!
      checkCommand(line!.split(' '))
      const set = [...text.matchAll(/^Environment=(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value])
      loadConfig(Object.fromEntries(set), '/var/lib/tallyman')
      expect(set).toEqual([['TALLYMAN_DATA_DIR', '/var/lib/tallyman']])
    })

    test.skipIf(Bun.which('systemd-analyze') === null)(`${unit} is one that systemd reads`, async () => {
      await using folder = await temporaryDirectory()
      const name = unit.slice('deploy/'.length)
      const here = (await read(unit)).replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
      await Bun.write(folder.file(name), here)
      const verified = Bun.spawnSync(['systemd-analyze', 'verify', '--man=no', folder.file(name)])
      expect([verified.exitCode, verified.stderr.toString()]).toEqual([0, ''])
    })
  }

  test('are equally strict', async () => {
    const [first, second] = await Promise.all(
      units.map(async (unit) => {
        const [, rest = ''] = (await read(unit)).split('\n# It needs the network')
        return rest.split('\n[Install]')[0]
      }),
    )
    expect(first).toContain('NoNewPrivileges=yes')
    expect(second).toBe(first)
  })
})
