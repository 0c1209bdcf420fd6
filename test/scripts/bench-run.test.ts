import { describe, expect, test } from 'bun:test'
import { chmod } from 'node:fs/promises'
import {
  type Attempt,
  type Case,
  type Contender,
  expectFigures,
  WrongResult,
} from '../../scripts/lib/bench/contender.ts'
import { type Measurer, measurer, ProcessFailure } from '../../scripts/lib/bench/measure.ts'
import { canInstall, findPeers } from '../../scripts/lib/bench/peers.ts'
import { runCase } from '../../scripts/lib/bench/run-case.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const env = { PATH: process.env.PATH ?? '' }
const timePrograms = [null, (await findPeers({ without: [], mayInstall: false, say: () => {} })).time]

for (const timeProgram of new Set(timePrograms))
  describe(`a process that is measured ${timeProgram === null ? 'by itself' : 'by GNU time'}`, () => {
    const measureIn = (folder: string, signal = new AbortController().signal) =>
      measurer({ folder, timeProgram, signal })

    test('has a duration, processor time, memory and its outputs', async () => {
      await using directory = await temporaryDirectory()
      const code =
        'const kept = Buffer.alloc(150e6, 1); console.log("out", kept.length); console.error("err")'
      const finished = await measureIn(directory.path).run([process.execPath, '-e', code], env)
      expect(finished).toMatchObject({ stdout: 'out 150000000\n', stderr: 'err\n' })
      expect(finished.wallMs).toBeGreaterThan(0)
      expect(finished.cpuMs).toBeGreaterThan(0)
      // See measure.ts: on Linux only GNU time can tell.
      if (timeProgram === null && process.platform === 'linux') expect(finished.peakBytes).toBeNull()
      else expect(finished.peakBytes).toBeGreaterThan(150e6)
    })

    test('fails in its own words', async () => {
      await using directory = await temporaryDirectory()
      const failing = measureIn(directory.path).run(['/bin/sh', '-c', 'echo so it goes >&2; exit 3'], env)
      await expect(failing).rejects.toThrow(new ProcessFailure('/bin/sh ended with 3: so it goes'))
    })

    test('ends when the benchmark is stopped', async () => {
      await using directory = await temporaryDirectory()
      const stopping = new AbortController()
      const running = measureIn(directory.path, stopping.signal).run(
        ['/bin/sh', '-c', 'exec tail -f /dev/null'],
        env,
      )
      stopping.abort(new Error('stopped'))
      await expect(running).rejects.toThrow('stopped')
    })
  })

test.skipIf(timePrograms[1] === null)('a small process is not given the memory of this one', async () => {
  await using directory = await temporaryDirectory()
  const own = process.memoryUsage.rss()
  const { signal } = new AbortController()
  const { peakBytes } = await measurer({ folder: directory.path, timeProgram: timePrograms[1]!, signal }).run(
    ['true'],
    env,
  )
  expect(peakBytes).toBeGreaterThan(0)
  expect(peakBytes).toBeLessThan(own / 2)
})

describe('a case', () => {
  test('runs the programs in turn, slow ones less often, with the disk settled before each', async () => {
    const course: string[] = []
    const result = await run(course, [
      program(course, 'a', 'subject'),
      program(course, 'b', 'bound'),
      { ...program(course, 'c', 'rival'), isSlow: true },
    ])
    expect(course.join(' ')).toBe(
      'settle a a:clean settle b b:clean settle c c:clean settle a a:clean settle b b:clean',
    )
    expect(result.contenders.map(({ id, runs }) => [id, runs.length])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 1],
    ])
  })

  test('goes on without a rival that failed, and says why', async () => {
    const course: string[] = []
    const result = await run(course, [
      program(course, 'a', 'subject'),
      program(course, 'b', 'rival', new ProcessFailure('no memory')),
    ])
    expect(result.contenders[0]!.runs).toHaveLength(2)
    expect(result.contenders[1]).toMatchObject({ runs: [], failure: 'no memory' })
    expect(course.filter((step) => step === 'b:clean')).toHaveLength(1)
  })

  test('ends with a failure of ours', async () => {
    const course: string[] = []
    const failing = run(course, [program(course, 'a', 'subject', new ProcessFailure('a bug'))])
    await expect(failing).rejects.toThrow('a bug')
    expect(course).toContain('a:clean')
  })

  test('ends with a wrong result, whoever has it', async () => {
    const course: string[] = []
    const wrong = new WrongResult('99 rows instead of 100')
    await expect(run(course, [program(course, 'b', 'rival', wrong)])).rejects.toThrow('99 rows')
  })
})

test('figures that are not as expected are all named', () => {
  expectFigures('it', { rows: 1, more: 5 }, { rows: 1 })
  expect(() => expectFigures('it', { rows: 1, gone: 2 }, { rows: 2, gone: 0, new: 1 })).toThrow(
    new WrongResult('it: rows is 1, should be 2; gone is 2, should be 0; new is undefined, should be 1.'),
  )
})

test('what is missing and may not be installed is left out with what to install', async () => {
  const path = process.env.PATH
  await using directory = await temporaryDirectory()
  try {
    process.env.PATH = directory.path
    const peers = await findPeers({ without: ['python'], mayInstall: false, say: () => {} })
    expect(peers).toEqual({
      sqlite3: null,
      psql: null,
      python: null,
      time: null,
      leftOut: [
        '`sqlite3 .import` is left out: install sqlite3',
        '`psql \\copy` is left out: install postgresql-client',
        'memory is not measured: install time',
      ],
    })
  } finally {
    process.env.PATH = path
  }
})

test('what apt-get installs is found afterwards, beside what was there', async () => {
  const path = process.env.PATH
  await using directory = await temporaryDirectory()
  const program = async (name: string, script: string) => {
    await Bun.write(directory.file(name), `#!/bin/sh\n${script}\n`)
    await chmod(directory.file(name), 0o755)
  }
  await program('sqlite3', ':')
  // Makes the program that it is asked for; the first time it is only asked for its lists.
  const made = `printf '#!/bin/sh\\n' >${directory.path}/psql; /bin/chmod 755 ${directory.path}/psql`
  await program('apt-get', `case "$*" in *postgresql-client*) ${made} ;; esac`)
  try {
    process.env.PATH = directory.path
    const said: string[] = []
    const peers = await findPeers({ without: ['python'], mayInstall: true, say: (line) => said.push(line) })
    const [sqlite3, psql] = [directory.file('sqlite3'), directory.file('psql')]
    if (!canInstall()) expect(peers).toMatchObject({ sqlite3, psql: null })
    else {
      expect(said).toEqual(['Installing postgresql-client, time with apt-get …'])
      expect(peers).toMatchObject({ sqlite3, psql, leftOut: ['memory is not measured: install time'] })
    }
  } finally {
    process.env.PATH = path
  }
})

/** Two rounds, one of slow programs. */
async function run(course: string[], contenders: Contender[]) {
  const given: Case = {
    ...{ group: 'sqlite', workload: 'work', rows: 100, inputs: [import.meta.path], contenders },
    settle: async () => void course.push('settle'),
  }
  // The command's name is what the course shows.
  const noted: Measurer = {
    async run([name]) {
      course.push(name!)
      return { wallMs: 1, cpuMs: 1, peakBytes: 1, stdout: '', stderr: '' }
    },
  }
  return runCase(given, { measurer: noted, runs: 2, slowRuns: 1, say: () => {} })
}

function program(
  course: string[],
  id: string,
  role: Contender['role'],
  error: Error | null = null,
): Contender {
  const attempt: Attempt = {
    command: [id],
    env: {},
    async check() {
      if (error !== null) throw error
    },
    clean: async () => void course.push(`${id}:clean`),
  }
  return { id, name: id, role, isSlow: false, prepare: async () => attempt }
}
