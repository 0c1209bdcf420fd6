import { expect, test } from 'bun:test'
import { type Command, type Context, defineCommand, type ExitCode } from '../../src/cli/command.ts'
import { commands, reportCrash, run } from '../../src/cli/index.ts'
import { InvalidError } from '../../src/lib/errors.ts'
import { type TestIoOptions, testIo } from '../helpers/io.ts'

/** A command that does what the test says. */
function probe(work: (context: Context) => ExitCode | Promise<ExitCode>, isService = false): Command {
  return defineCommand({
    name: 'probe',
    summary: 'Do what the test says',
    isService,
    options: { supplier: { kind: 'text', placeholder: 'NAME', summary: 'Whose list it is', short: 's' } },
    positionals: { file: { placeholder: 'FILE', summary: 'The price list' } },
    examples: [{ line: 'tallyman probe list.csv', summary: 'an example' }],
    run: async (_args, context) => await work(context),
  })
}

async function runProbe(
  work: (context: Context) => ExitCode | Promise<ExitCode>,
  { argv = [], isService = false, ...options }: TestIoOptions & { argv?: string[]; isService?: boolean } = {},
) {
  const io = testIo(options)
  const exitCode = await run(['probe', ...argv], io, [probe(work, isService)])
  return { exitCode, out: io.out(), err: io.err() }
}

async function runLine(...argv: string[]) {
  const io = testIo({ env: { TALLYMAN_COFFEE: 'a broken environment' } })
  return { exitCode: await run(argv, io), out: io.out(), err: io.err() }
}

test('help and version work with a broken environment', async () => {
  for (const argv of [['--help'], ['-h'], ['help'], ['--json', '--help']]) {
    const { exitCode, out, err } = await runLine(...argv)
    expect([exitCode, err]).toEqual([0, ''])
    for (const { name, isHidden } of commands)
      expect([name, out.includes(`  ${name} `)]).toEqual([name, isHidden !== true])
  }
  for (const argv of [
    ['config', '--help'],
    ['help', 'config'],
    ['config', '--wrong', '-h'],
  ]) {
    expect((await runLine(...argv)).out).toStartWith('Show the effective settings')
  }
  for (const argv of [['version'], ['--version']]) {
    expect(await runLine(...argv)).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^tallyman \d+\.\d+\.\d+ \(.+, bun \d/),
      err: '',
    })
  }
  expect(JSON.parse((await runLine('version', '--json')).out)).toMatchObject({ bun: Bun.version })
})

test('the help of a command names usage, arguments, options and examples', async () => {
  const { out } = await runProbe(() => 0, { argv: ['--help'] })
  expect(out).toBe(`Do what the test says.

Usage: tallyman probe [FILE] [OPTIONS]

Arguments
  FILE  The price list

Options
  -s, --supplier NAME  Whose list it is
      --json           Print JSON instead of text
  -h, --help           Print this help

Examples
  # an example
  tallyman probe list.csv
`)
})

test('a line that cannot be understood ends with 2 and says what helps', async () => {
  const lines: [string[], string][] = [
    [[], 'tallyman: which command?\nTry "tallyman --help".\n'],
    [['confg'], 'tallyman: there is no command "confg"; did you mean config?\nTry "tallyman --help".\n'],
    [
      ['--jsn', 'config'],
      'tallyman: there is no option --jsn before a command; did you mean --json?\nTry "tallyman --help".\n',
    ],
    [
      ['config', '--jsn'],
      'tallyman: there is no option --jsn; did you mean --json?\nTry "tallyman config --help".\n',
    ],
    [
      ['help', 'confg'],
      'tallyman: there is no command "confg"; did you mean config?\nTry "tallyman --help".\n',
    ],
  ]
  for (const [argv, err] of lines) expect(await runLine(...argv)).toEqual({ exitCode: 2, out: '', err })
})

test('the exit code is that of the command', async () => {
  for (const code of [0, 1, 2, 3] as const) expect((await runProbe(() => code)).exitCode).toBe(code)
})

test('an expected error is one line, and with --json an object too', async () => {
  const fail = () => {
    throw new InvalidError('no_header', 'list.csv has no header\x1b[2J')
  }
  const err = 'tallyman: list.csv has no header␛[2J\n'
  expect(await runProbe(fail)).toEqual({ exitCode: 1, out: '', err })
  expect(await runProbe(fail, { argv: ['--json'] })).toEqual({
    exitCode: 1,
    out: '{"error":{"code":"no_header","message":"list.csv has no header\\u001b[2J"}}\n',
    err,
  })
})

test('a wrong environment is told by the command that needs it', async () => {
  const { exitCode, err } = await runProbe((context) => (context.config.port > 0 ? 0 : 1), {
    env: { PORT: 'x' },
  })
  expect([exitCode, err]).toEqual([1, expect.stringContaining('tallyman: Wrong setting: PORT must be')])
})

test('a bug is logged whole and shown as an internal error', async () => {
  const fail = () => {
    throw new TypeError('x is undefined')
  }
  const { exitCode, err, out } = await runProbe(fail, { argv: ['--json'] })
  const [line, ...rest] = err.split('\n')
  expect(JSON.parse(line!)).toMatchObject({
    level: 'error',
    message: 'internal error',
    error: { name: 'TypeError' },
  })
  expect(rest.join('\n')).toStartWith('tallyman: Internal error.')
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'internal_error' } })
  expect(exitCode).toBe(1)
})

test('on a terminal a stack is shown only where debugging is on', async () => {
  const fail = () => {
    throw new TypeError('x is undefined')
  }
  const quiet = await runProbe(fail, { terminalColumns: 80 })
  const debugging = await runProbe(fail, { terminalColumns: 80, env: { TALLYMAN_LOG_LEVEL: 'debug' } })
  expect(quiet.err).not.toContain('index.test.ts')
  expect(debugging.err).toContain('index.test.ts')
})

test('a full disk is no bug', async () => {
  const { err, exitCode } = await runProbe(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      path: '/data/x',
    })
  })
  expect([exitCode, err]).toEqual([1, 'tallyman: /data/x: no space left on the disk\n'])
})

test('work that a signal has ended is interrupted, not failed by a bug', async () => {
  const stop = new AbortController()
  const { err, exitCode } = await runProbe(
    ({ io }) => {
      stop.abort()
      io.signal.throwIfAborted()
      return 0
    },
    { signal: stop.signal },
  )
  expect([exitCode, err]).toEqual([1, 'tallyman: interrupted\n'])
})

test('an output that takes no more ends the command with 1', async () => {
  const full = {
    ...testIo().stdout,
    write: () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    },
  }
  const io = { ...testIo(), stdout: full, stderr: full }
  expect(await run(['version', '--json'], io)).toBe(1)
})

test('a command logs warnings to standard error, a service everything to standard output', async () => {
  const talk = ({ log }: Context): ExitCode => {
    log.info('started')
    log.warn('slow')
    return 0
  }
  const command = await runProbe(talk)
  expect([command.out, command.err.match(/"message":"\w+"/g)]).toEqual(['', ['"message":"slow"']])
  const service = await runProbe(talk, { isService: true })
  expect([service.out.match(/"message":"\w+"/g), service.err]).toEqual([
    ['"message":"started"', '"message":"slow"'],
    '',
  ])
  const chosen = await runProbe(talk, { env: { TALLYMAN_LOG_LEVEL: 'info' } })
  expect(chosen.err).toContain('started')
})

test('a terminal gets readable log lines, coloured unless NO_COLOR says otherwise', async () => {
  const talk = ({ log }: Context): ExitCode => {
    log.warn('slow')
    return 0
  }
  const err = async (env: Record<string, string>) => (await runProbe(talk, { terminalColumns: 80, env })).err
  expect(await err({})).toContain('\x1b[33mWARN')
  expect(await err({ NO_COLOR: '1' })).toBe('08:30:00.000Z WARN   slow\n')
  expect(await err({ TALLYMAN_LOG_FORMAT: 'json' })).toStartWith('{"time"')
})

test('a log line does not run into the progress bar, and no bar stays behind', async () => {
  const { err } = await runProbe(
    (context) => {
      const progress = context.progress('Reading')
      progress.update(0.5, null)
      context.log.warn('slow')
      progress.update(0.6, null)
      throw new InvalidError('x', 'no good')
    },
    { terminalColumns: 80, env: { NO_COLOR: '1' } },
  )
  const bar = `\r\x1b[KReading  [${'█'.repeat(12)}${' '.repeat(12)}]   50 %`
  expect(err).toBe(`${bar}\r\x1b[K08:30:00.000Z WARN   slow\ntallyman: no good\n`)
})

test('an error that nobody caught is reported like any other', () => {
  const io = testIo()
  expect(reportCrash(new TypeError('x'), io)).toBe(1)
  expect(io.err()).toContain('tallyman: Internal error.')
})
