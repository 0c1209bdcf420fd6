import { expect, test } from 'bun:test'
import { createProgress, createStatusLine } from '../../src/cli/progress.ts'
import { testIo } from '../helpers/io.ts'

const clear = '\r\x1b[K'

function started(terminalColumns?: number) {
  const io = testIo(terminalColumns === undefined ? {} : { terminalColumns })
  return { io, progress: createProgress(createStatusLine(io.stderr), io.clock, 'Reading list.csv') }
}

test('a terminal shows percent, rows and rate, and nothing stays of it', () => {
  const { io, progress } = started(120)
  io.advance(2000)
  progress.update(0.46, 460_000)
  progress.done()
  progress.done()
  expect(io.err()).toBe(
    `${clear}Reading list.csv  [${'█'.repeat(11)}${' '.repeat(13)}]   46 %  460,000 rows  230,000 rows/s${clear}`,
  )
})

test('it is painted at most ten times a second', () => {
  const { io, progress } = started(120)
  for (let step = 0; step < 1000; step++) {
    io.advance(1)
    progress.update(step / 1000, step)
  }
  expect(io.err().split(clear).length - 1).toBe(10)
})

test('without a known end there is no bar', () => {
  const { io, progress } = started(120)
  progress.label('Comparing')
  progress.update(null, 5)
  progress.update(Number.NaN, null)
  expect(io.err()).toBe(`${clear}Comparing  5 rows`)
})

test('odd fractions keep the bar in its frame', () => {
  for (const [fraction, shown] of [
    [-1, '0 %'],
    [Number.NaN, '0 %'],
    [0.9999, '99 %'],
    [7, '100 %'],
  ] as const) {
    const { io, progress } = started(120)
    progress.update(fraction, null)
    expect(io.err()).toContain(` ${shown}`)
    expect(io.err()).toMatch(/\[[█ ]{24}\]/)
  }
})

test('the line fits a narrow terminal', () => {
  const { io, progress } = started(20)
  progress.update(0.5, 1)
  expect(Bun.stringWidth(Bun.stripANSI(io.err()).slice(1))).toBeLessThan(20)
})

test('nothing is written where standard error is no terminal', () => {
  const { io, progress } = started()
  progress.update(0.5, 1)
  progress.done()
  expect(io.err()).toBe('')
})
